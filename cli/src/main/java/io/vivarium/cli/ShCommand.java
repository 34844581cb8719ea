package io.vivarium.cli;

import io.vivarium.Command;
import io.vivarium.GuestProcess;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import org.apache.commons.cli.Options;

/** {@code viv sh}: a shell on a terminal, or one that reads its script from standard input. */
final class ShCommand implements Subcommand {
  private static final Command SHELL = Command.of("sh");

  @Override
  public Options options() {
    return MachineFlags.options();
  }

  @Override
  public int run(Arguments arguments) throws InterruptedException {
    MachineFlags flags = MachineFlags.of(arguments);
    if (!arguments.operands().isEmpty()) {
      throw new UsageError(
          "unexpected argument "
              + arguments.operands().getFirst()
              + "; to run a script, use viv exec -- sh SCRIPT");
    }
    if (!StandardStreams.isInputTerminal() || !StandardStreams.isOutputTerminal()) {
      return ExecCommand.run(flags, SHELL);
    }
    return interactive(flags);
  }

  private static int interactive(MachineFlags flags) throws InterruptedException {
    String type = System.getenv("TERM");
    Command shell = type == null ? SHELL : SHELL.withEnvironment("TERM", type);
    // Opened last: until there is a guest, Ctrl-C is for viv.
    try (Vivarium vivarium = Installation.open();
        VirtualMachine machine = vivarium.machine(flags::configure);
        HostTerminal terminal = HostTerminal.open();
        GuestProcess process = machine.spawn(flags.apply(shell), terminal.size())) {
      return new TerminalSession(process, terminal).run(flags.limit());
    }
  }
}
