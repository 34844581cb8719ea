package io.vivarium.cli;

import java.util.List;
import org.apache.commons.cli.Options;

/** {@code viv doctor}: what works here, and what to do about the rest. */
final class DoctorCommand implements Subcommand {
  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public int run(Arguments arguments) {
    arguments.refuseOperands();
    boolean isWell = report(new JavaChecks().findings());
    isWell &= report(SoftwareChecks.findings());
    return isWell ? ExitStatus.OK : ExitStatus.FAILURE;
  }

  /** Writes findings down and says whether all is well. */
  private static boolean report(List<Finding> findings) {
    for (Finding finding : findings) {
      StandardStreams.print(finding.text());
    }
    return findings.stream().noneMatch(finding -> finding.level() == Finding.Level.FAIL);
  }
}
