package io.vivarium.wasm.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.CallStatistics;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Counts and times of system calls. */
@Timeout(60)
class MetricsTest {
  private static Map<String, CallStatistics> measure(TestGuest.Body body) {
    CallMetrics metrics = new CallMetrics("test");
    try (TestMachine machine = new TestMachine(new Tracing(metrics, null))) {
      machine.write("/tmp/file", "contents\n");
      TestGuest.run(machine, process -> TaggedRoot.INSTANCE, body);
    }
    return metrics.statistics().stream()
        .collect(Collectors.toMap(CallStatistics::name, Function.identity()));
  }

  @Test
  void calls_and_errors_are_counted_one_by_one() {
    Map<String, CallStatistics> calls =
        measure(guest -> {
          int path = guest.put("tmp/file");
          int none = guest.put("tmp/none");
          int stat = guest.room(64);
          for (int i = 0; i < 100; i++) {
            guest.wasi("path_filestat_get", TaggedRoot.ROOT, 1, path, 8, stat);
          }
          for (int i = 0; i < 7; i++) {
            guest.wasi("path_filestat_get", TaggedRoot.ROOT, 1, none, 8, stat);
          }
          guest.wasi("path_filestat_get", TaggedRoot.ROOT, 1, -1, 8, stat);
          guest.wasi("fd_close", 99);
        });
    CallStatistics stats = calls.get("path_filestat_get");
    assertThat(stats.calls()).isEqualTo(108);
    assertThat(stats.errors()).containsOnly(entry("ENOENT", 7L), entry("EFAULT", 1L));
    assertThat(stats.failures()).isEqualTo(8);
    assertThat(calls.get("fd_close").errors()).containsOnly(entry("EBADF", 1L));
    assertThat(calls).hasSize(2);
  }

  @Test
  void phases_add_up_to_the_time_of_the_calls() {
    Map<String, CallStatistics> calls =
        measure(guest -> {
          int path = guest.put("tmp/file");
          int stat = guest.room(64);
          for (int i = 0; i < 1000; i++) {
            guest.wasi("path_filestat_get", TaggedRoot.ROOT, 1, path, 8, stat);
            guest.wasi("path_unlink_file", TaggedRoot.ROOT, stat, 0);
          }
        });
    for (CallStatistics call : calls.values()) {
      long sum = call.phaseNanos().values().stream().mapToLong(Long::longValue).sum();
      assertThat(sum).isEqualTo(call.totalNanos());
      assertThat(call.phaseNanos()).containsOnlyKeys(Phase.values());
      assertThat(call.p50Nanos()).isLessThanOrEqualTo(call.p95Nanos());
      assertThat(call.p95Nanos()).isLessThanOrEqualTo(call.p99Nanos());
      assertThat(call.p99Nanos()).isLessThanOrEqualTo(call.maxNanos());
    }
    Map<Phase, Long> stat = calls.get("path_filestat_get").phaseNanos();
    for (Phase phase : new Phase[] {Phase.DECODE, Phase.PATH, Phase.RESOLVE, Phase.ENCODE}) {
      assertThat(stat.get(phase)).as(phase.name()).isPositive();
    }
  }

  @Test
  void nobody_watches_unless_it_was_asked_for() {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> assertThat(Tracing.OFF.observer(guest.process())).isNull());
    }
  }
}
