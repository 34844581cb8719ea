package io.vivarium.cli;

import io.vivarium.Command;
import io.vivarium.GuestProcess;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.time.Duration;
import org.apache.commons.cli.Options;

/** {@code viv sh}: a shell on a terminal, or one that reads its script from standard input. */
final class ShCommand implements Subcommand {
  private static final Command SHELL = Command.of("sh");
  private static final String DUMB = "dumb";
  private static final Duration PATIENCE = Duration.ofMillis(500);

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
    // Opened last: until there is a guest, Ctrl-C is for viv.
    MachineReport report = new MachineReport(false);
    int status;
    try (Vivarium vivarium = Installation.open();
        VirtualMachine machine =
            vivarium.machine(options -> {
              flags.configure(options);
              options.onEvent(report);
            });
        HostTerminal terminal = HostTerminal.open()) {
      CursorReport cursor = cursor();
      Command shell = flags.apply(shell(cursor.isAnswered())).asInteractiveShell();
      try (GuestProcess process = machine.spawn(shell, terminal.size())) {
        status = new TerminalSession(process, terminal, cursor.typed()).run(flags.limit());
      }
    }
    report.print(status);
    return status;
  }

  private static CursorReport cursor() throws InterruptedException {
    return DUMB.equals(System.getenv("TERM"))
        ? new CursorReport(false, new byte[0])
        : CursorReport.ask(StandardStreams.IN, StandardStreams.OUT, PATIENCE);
  }

  /**
   * The shell edits lines itself where the terminal can show it, and else has the terminal do so.
   */
  private static Command shell(boolean hasCursor) {
    Command shell = hasCursor ? SHELL : Command.of("sh", "--input-backend", "minimal");
    String type = System.getenv("TERM");
    return type == null ? shell : shell.withEnvironment("TERM", type);
  }
}
