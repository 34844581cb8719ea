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

  /** How long the terminal may take to say where its cursor is. */
  private static final Duration PATIENCE = Duration.ofMillis(500);

  @Override
  public Options options() {
    return Watching.addTo(MachineFlags.options());
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
    try (Watching watching = Watching.of(arguments)) {
      return StandardStreams.isInputTerminal() && StandardStreams.isOutputTerminal()
          ? interactive(flags, watching)
          : ExecCommand.run(flags, watching, SHELL);
    }
  }

  @SuppressWarnings("try") // what it has counted is complete when the machine is closed
  private static int interactive(MachineFlags flags, Watching watching)
      throws InterruptedException {
    MachineReport report = new MachineReport(false);
    int status;
    // Opened last: until there is a guest, Ctrl-C is for viv.
    try (Vivarium vivarium = Installation.open(flags.guestMemory(), report::shared);
        VirtualMachine machine =
            vivarium.machine(options -> {
              flags.configure(options);
              options.onEvent(report);
              watching.configure(options);
            })) {
      status = interactive(flags, machine);
      machine.close();
      watching.report(machine);
    }
    report.print(status);
    return status;
  }

  private static int interactive(MachineFlags flags, VirtualMachine machine)
      throws InterruptedException {
    try (HostTerminal terminal = HostTerminal.open()) {
      CursorReport cursor = cursor();
      Command shell = flags.apply(shell(cursor.isAnswered())).asInteractiveShell();
      try (GuestProcess process = machine.spawn(shell, terminal.size())) {
        return new TerminalSession(process, terminal, cursor.typed()).run(flags.limit());
      }
    }
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
