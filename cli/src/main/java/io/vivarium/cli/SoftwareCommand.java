package io.vivarium.cli;

import io.vivarium.SoftwareEntry;
import io.vivarium.Vivarium;
import java.util.List;
import org.apache.commons.cli.Options;

/** {@code viv software}: what is installed, where, and its compilation ahead of use. */
final class SoftwareCommand implements Subcommand {
  @Override
  public Options options() {
    return new Options().addOption(Arguments.flag(null, "json"));
  }

  @Override
  public int run(Arguments arguments) {
    List<String> operands = arguments.operands();
    if (operands.size() > 1) {
      throw new UsageError("unexpected argument " + operands.get(1));
    }
    String action = operands.isEmpty() ? "list" : operands.getFirst();
    if (arguments.has("json") && !action.equals("list")) {
      throw new UsageError("--json goes with list only");
    }
    return switch (action) {
      case "list" -> list(arguments.has("json"));
      case "path" -> path();
      case "compile" -> compile();
      default -> throw new UsageError("list, path or compile, not " + action);
    };
  }

  private static int list(boolean asJson) {
    try (Vivarium vivarium = Installation.open()) {
      List<SoftwareEntry> entries = vivarium.software();
      return StandardStreams.print(
          asJson ? SoftwareList.json(entries) : SoftwareList.table(entries));
    }
  }

  private static int path() {
    try (Vivarium vivarium = Installation.open()) {
      return StandardStreams.print(vivarium.packagesFolder() + "\n");
    }
  }

  private static int compile() {
    try (Vivarium vivarium = Installation.open();
        ProgressReport report = ProgressReport.onStandardError()) {
      vivarium.compileAll(report);
    }
    return ExitStatus.OK;
  }
}
