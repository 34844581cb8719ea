package io.vivarium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.vivarium.MachineMetrics.Call;
import io.vivarium.MachineMetrics.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a machine tells of its system calls. */
class MachineMetricsTest {
  @TempDir private Path directory;

  @Test
  void calls_are_counted_timed_and_shown_only_when_wanted() {
    List<String> lines = Collections.synchronizedList(new ArrayList<>());
    try (Vivarium vivarium = Vivarium.create()) {
      VirtualMachine machine = vivarium.machine(o -> o.metrics(true).strace(lines::add));
      try (machine) {
        assertThat(machine.exec(List.of("cat", "/etc/hostname", "/nowhere")).exitStatus())
            .isEqualTo(1);
      }
      Map<String, Call> calls =
          machine.metrics().calls().stream()
              .collect(Collectors.toMap(Call::name, Function.identity()));
      Call opened = calls.get("path_open");
      assertThat(opened.calls()).isPositive();
      assertThat(calls.values())
          .anySatisfy(call -> {
            assertThat(call.errors()).containsKey("ENOENT");
            assertThat(call.failures()).isBetween(1L, call.calls());
          });
      assertThat(opened.maxNanos()).isPositive().isLessThanOrEqualTo(opened.totalNanos());
      assertThat(opened.phaseNanos()).containsOnlyKeys(Phase.values());
      assertThat(opened.phaseNanos().values().stream().mapToLong(Long::longValue).sum())
          .isEqualTo(opened.totalNanos());
      assertThat(lines).anyMatch(line -> line.contains("path_open(") && line.contains("hostname"));
      assertThat(lines).anyMatch(line -> line.contains("nowhere") && line.contains("ENOENT"));
      assertThat(lines.getLast()).endsWith("+++ exited with 1 +++");
      try (VirtualMachine quiet = vivarium.machine()) {
        assertThatIllegalStateException().isThrownBy(quiet::metrics);
      }
    }
  }

  @Test
  void flight_recorder_gets_the_calls_of_machines_that_are_measured() throws Exception {
    Path file = directory.resolve("calls.jfr");
    String id;
    try (Vivarium vivarium = Vivarium.create();
        Recording recording = new Recording()) {
      recording.enable("vivarium.SystemCall").withoutThreshold();
      recording.start();
      try (VirtualMachine machine = vivarium.machine(o -> o.metrics(true));
          VirtualMachine quiet = vivarium.machine()) {
        id = machine.id();
        machine.exec(List.of("cat", "/nowhere"));
        quiet.exec(List.of("cat", "/nowhere"));
      }
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> calls =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals("vivarium.SystemCall"))
            .toList();
    assertThat(calls).isNotEmpty().allMatch(event -> event.getString("machine").equals(id));
    assertThat(calls)
        .anyMatch(event -> event.getString("error").equals("ENOENT") && event.getInt("pid") == 2);
    assertThat(calls).anyMatch(event -> event.getString("name").equals("proc_exit"));
  }
}
