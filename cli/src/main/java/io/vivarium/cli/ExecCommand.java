package io.vivarium.cli;

import io.vivarium.Command;
import io.vivarium.GuestProcess;
import io.vivarium.NotStartedException;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import org.apache.commons.cli.Options;

/** {@code viv exec}: one command in a fresh machine, with the standard streams of {@code viv}. */
final class ExecCommand implements Subcommand {
  @Override
  public Options options() {
    return Watching.addTo(MachineFlags.options());
  }

  @Override
  public int run(Arguments arguments) throws InterruptedException {
    MachineFlags flags = MachineFlags.of(arguments);
    if (arguments.operands().isEmpty()) {
      throw new UsageError("a command is missing; 'viv software' lists what there is");
    }
    try (Watching watching = Watching.of(arguments)) {
      return run(flags, watching, Command.of(arguments.operands()));
    }
  }

  /** Runs a command in a machine of its own. */
  @SuppressWarnings("try") // what it has counted is complete when the machine is closed
  static int run(MachineFlags flags, Watching watching, Command command)
      throws InterruptedException {
    MachineReport report = new MachineReport(flags.permissions().explain());
    int status;
    try (Vivarium vivarium = Installation.open(flags.guestMemory(), report::shared);
        VirtualMachine machine =
            vivarium.machine(options -> {
              flags.configure(options);
              options.onEvent(report);
              watching.configure(options);
            })) {
      try (GuestProcess process = machine.spawn(flags.apply(command))) {
        status = new PassThrough(process).run(flags.limit());
      }
      machine.close();
      watching.report(machine);
    } catch (NotStartedException e) {
      report.print(ExitStatus.FAILURE);
      throw e;
    }
    report.print(status);
    return status;
  }
}
