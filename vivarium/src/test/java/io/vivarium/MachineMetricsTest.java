package io.vivarium;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.MachineMetrics.Call;
import io.vivarium.MachineMetrics.Gauge;
import io.vivarium.MachineMetrics.Phase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
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
        quiet.exec("true");
        assertThat(quiet.metrics().calls()).isEmpty();
        assertThat(gauges(quiet).get("process.count").peak()).isPositive();
      }
    }
  }

  @Test
  void figures_of_the_machine_are_told_with_their_highest_value_and_limit() {
    try (Vivarium vivarium = Vivarium.create();
        VirtualMachine machine =
            vivarium.machine(o -> o.metrics(true).limit("process.count", 40))) {
      Map<String, Gauge> before = gauges(machine);
      machine.exec("head -c 1000000 /dev/zero > /tmp/f; cat /tmp/f | cat | wc -c; rm /tmp/f");
      machine.exec("printf 12345 > /tmp/left");
      Map<String, Gauge> after = gauges(machine);

      Gauge processes = after.get("process.count");
      assertThat(processes.limit()).isEqualTo(40);
      assertThat(processes.used()).isZero();
      assertThat(processes.peak()).isBetween(3L, 10L);
      Gauge storage = after.get("storage.bytes");
      assertThat(storage.used() - before.get("storage.bytes").used()).isEqualTo(5);
      assertThat(storage.peak() - storage.used()).isBetween(990_000L, 1_010_000L);
      Gauge memory = after.get("memory.machine");
      assertThat(memory.unit()).isEqualTo(LimitEntry.Unit.BYTES);
      assertThat(memory.peak()).isGreaterThan(1 << 16);
      assertThat(after.get("process.argument-bytes").peak()).isPositive();
      assertThat(after.get("pipe.count").peak()).isPositive();
      assertThat(after.get("cpu.machine-time").used()).isPositive();
      assertThat(after.values())
          .allSatisfy(gauge -> {
            assertThat(gauge.used()).as(gauge.key()).isLessThanOrEqualTo(gauge.peak());
            assertThat(gauge.peak()).as(gauge.key()).isLessThanOrEqualTo(gauge.limit());
          });
      assertThat(after.keySet())
          .containsExactlyElementsOf(
              Vivarium.limits().stream().map(LimitEntry::key).filter(after::containsKey).toList());
    }
  }

  private static Map<String, Gauge> gauges(VirtualMachine machine) {
    Map<String, Gauge> gauges = new LinkedHashMap<>();
    machine.metrics().gauges().forEach(gauge -> gauges.put(gauge.key(), gauge));
    return gauges;
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
