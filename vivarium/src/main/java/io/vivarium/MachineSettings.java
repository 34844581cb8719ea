package io.vivarium;

import io.vivarium.kernel.KernelOptions;
import java.util.Map;

/**
 * Settings of a machine that its forks share.
 *
 * @param kernel what the kernel wants to know
 * @param environment environment of every command
 * @param user as whom commands run
 */
record MachineSettings(KernelOptions kernel, Map<String, String> environment, String user) {

  static MachineSettings of(MachineOptions options) {
    return new MachineSettings(
        new KernelOptions(options.hostname(), options.limits()),
        options.environment(),
        options.user());
  }
}
