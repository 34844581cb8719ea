package io.vivarium;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.event.EventSink;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a machine that its forks share.
 *
 * @param kernel what the kernel wants to know
 * @param environment environment of every command
 * @param user as whom commands run
 * @param listener hears what happens; null for nobody
 * @param metrics whether system calls are counted and timed
 * @param strace gets a line for each system call; null for nobody
 */
record MachineSettings(
    KernelOptions kernel,
    Map<String, String> environment,
    String user,
    @Nullable Consumer<MachineEvent> listener,
    boolean metrics,
    @Nullable Consumer<String> strace) {

  static MachineSettings of(MachineOptions options) {
    return new MachineSettings(
        new KernelOptions(
            options.hostname(),
            options.limits(),
            EventSink.DISCARD,
            options.permissions().options()),
        options.environment(),
        options.user(),
        options.listener(),
        options.metrics(),
        options.strace());
  }
}
