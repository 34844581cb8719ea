package io.vivarium.cli;

import io.vivarium.SoftwareEntry;
import io.vivarium.Vivarium;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
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
    String action = operands.isEmpty() ? "list" : operands.getFirst();
    int most = action.equals("copy") ? 2 : 1;
    if (operands.size() > most) {
      throw new UsageError("unexpected argument " + operands.get(most));
    }
    if (arguments.has("json") && !action.equals("list")) {
      throw new UsageError("--json goes with list only");
    }
    return switch (action) {
      case "list" -> list(arguments.has("json"));
      case "path" -> path();
      case "compile" -> compile();
      case "copy" -> copy(operands);
      default -> throw new UsageError("list, path, compile or copy, not " + action);
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

  private static int copy(List<String> operands) {
    if (operands.size() < 2) {
      throw new UsageError("copy needs a directory");
    }
    try (Vivarium vivarium = Installation.open()) {
      vivarium.copySoftware(Path.of(operands.get(1)).toAbsolutePath());
    } catch (InvalidPathException e) {
      throw new UsageError("no host path: " + e.getReason());
    }
    return ExitStatus.OK;
  }
}
