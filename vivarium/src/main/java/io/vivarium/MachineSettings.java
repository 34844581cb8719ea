package io.vivarium;

import io.vivarium.kernel.KernelOptions;
import java.util.Map;

/**
 * Settings of a machine that its forks share.
 *
 * @param kernel what the kernel wants to know
 * @param environment environment of every command
 * @param user as whom commands run
 * @param processMemoryBytes most linear memory of a process
 */
record MachineSettings(
    KernelOptions kernel,
    Map<String, String> environment,
    String user,
    long processMemoryBytes) {

  static MachineSettings of(MachineOptions options) {
    return new MachineSettings(
        KernelOptions.DEFAULT
            .withHostname(options.hostname())
            .withMaxProcesses(options.maxProcesses())
            .withHardware(options.cpuCount(), options.processMemoryBytes()),
        options.environment(),
        options.user(),
        options.processMemoryBytes());
  }
}
