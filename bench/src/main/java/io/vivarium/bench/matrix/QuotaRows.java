package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Lane;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the number of files in a machine costs, under a quota. */
final class QuotaRows {
  private static final List<Integer> POPULATIONS = List.of(100, 10_000, 1_000_000);
  private static final List<String> OPERATIONS =
      List.of("create_unlink", "stat_storm", "fs_write_small");
  private static final int IN_A_DIRECTORY = 1_000;
  private static final long MOST_INODES = 2_000_000;
  private static final long MOST_BYTES = 4L << 30;

  private final ProgramRows programs;

  QuotaRows(ProgramRows programs) {
    this.programs = programs;
  }

  List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (String operation : OPERATIONS) {
      for (int population : POPULATIONS) {
        Map<Lane, LaneRun> lanes = new EnumMap<>(Lane.class);
        programs.nativeLane("fs/" + operation).ifPresent(run -> lanes.put(Lane.NATIVE, run));
        programs
            .wasmLane(
                "fs/" + operation,
                machine -> machine.storage(MOST_BYTES, MOST_INODES),
                directory -> populate(directory.resolveSibling("population"), population))
            .ifPresent(run -> lanes.put(Lane.WASM, run));
        rows.add(new Row("quota/%s_%d".formatted(operation, population), lanes));
      }
    }
    return rows;
  }

  private static void populate(Path root, int files) throws IOException {
    Path directory = root;
    for (int i = 0; i < files; i++) {
      if (i % IN_A_DIRECTORY == 0) {
        directory = root.resolve("d" + i / IN_A_DIRECTORY);
        Files.createDirectories(directory);
      }
      Files.createFile(directory.resolve("f" + i));
    }
  }
}
