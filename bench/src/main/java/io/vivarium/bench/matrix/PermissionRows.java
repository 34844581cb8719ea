package io.vivarium.bench.matrix;

import io.vivarium.MachineOptions;
import io.vivarium.Permissions;
import io.vivarium.Permissions.Domain;
import io.vivarium.bench.result.Lane;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What permissions cost: everything allowed, against a policy of many rules. */
final class PermissionRows {
  private static final int RULES = 200;
  private static final List<String> OPERATIONS =
      List.of("fs_write_small", "stat_storm", "readdir_small");

  private final ProgramRows programs;

  PermissionRows(ProgramRows programs) {
    this.programs = programs;
  }

  List<Row> all() {
    List<Row> rows = new ArrayList<>();
    for (String operation : OPERATIONS) {
      add(rows, operation, "allow", machine -> {});
      add(rows, operation, "policy", machine -> machine.permissions(policy()));
    }
    return rows;
  }

  private void add(
      List<Row> rows, String operation, String suffix, Consumer<MachineOptions> options) {
    Map<Lane, LaneRun> lanes = new EnumMap<>(Lane.class);
    programs.nativeLane("fs/" + operation).ifPresent(run -> lanes.put(Lane.NATIVE, run));
    Optional<LaneRun> guest = programs.wasmLane("fs/" + operation, options, Fixture.EMPTY);
    guest.ifPresent(run -> lanes.put(Lane.WASM, run));
    rows.add(new Row("permissions/%s_%s".formatted(operation, suffix), lanes));
  }

  /** Rules for files, most of which are about others. */
  private static Permissions policy() {
    Permissions.Builder rules =
        Permissions.builder()
            .allow(Domain.FS, "/**")
            .allow(Domain.PROCESS, "**")
            .allow(Domain.ENVIRONMENT, "**");
    for (int i = 0; i < RULES / 2; i++) {
      rules.deny(Domain.FS, "/srv/tenant-" + i + "/**").deny(Domain.FS, "/home/*/secret-" + i);
    }
    return rules.build();
  }
}
