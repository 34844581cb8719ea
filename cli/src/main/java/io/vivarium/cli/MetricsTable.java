package io.vivarium.cli;

import io.vivarium.LimitEntry;
import io.vivarium.MachineMetrics;
import io.vivarium.MachineMetrics.Call;
import io.vivarium.MachineMetrics.Gauge;
import io.vivarium.MachineMetrics.Phase;
import io.vivarium.Vivarium;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The tables of {@code --metrics}: calls as strace -c prints them, with percentiles and phases, and
 * what the machine holds.
 */
final class MetricsTable {
  private static final String HEAD =
      "%% time     seconds  usecs/call       p50       p95       p99       max"
          + "     calls    errors  syscall%n";
  private static final String ROW = "%6.2f %11.6f %11d %9d %9d %9d %9d %9d %9s  %s%n";
  private static final String RULE =
      "------ ----------- ----------- --------- --------- ---------"
          + " --------- --------- ---------  ----------------%n";

  private static final String GAUGE_HEAD =
      "%% limit          now         peak        limit  figure%n";
  private static final String GAUGE_RULE =
      "------- ------------ ------------ ------------  ----------------%n";
  private static final String GAUGE_ROW = "%7.2f %12s %12s %12s  %s%n";

  private MetricsTable() {}

  static String of(MachineMetrics metrics) {
    long total = metrics.calls().stream().mapToLong(Call::totalNanos).sum();
    StringBuilder out = new StringBuilder();
    out.append(format(HEAD)).append(format(RULE));
    long calls = 0;
    long errors = 0;
    long max = 0;
    for (Call call : metrics.calls()) {
      out.append(row(call, total));
      calls += call.calls();
      errors += call.failures();
      max = Math.max(max, call.maxNanos());
    }
    out.append(format(RULE));
    out.append(
        format(
            "%6.2f %11.6f %11d %9s %9s %9s %9d %9d %9s  total%n",
            calls == 0 ? 0.0 : 100.0,
            total / 1e9,
            calls == 0 ? 0 : micros(total / calls),
            "",
            "",
            "",
            micros(max),
            calls,
            errors == 0 ? "" : Long.toString(errors)));
    return out.append(phases(metrics, total)).append('\n').append(gauges(metrics)).toString();
  }

  private static String row(Call call, long total) {
    long failures = call.failures();
    return format(
        ROW,
        total == 0 ? 0.0 : 100.0 * call.totalNanos() / total,
        call.totalNanos() / 1e9,
        micros(call.totalNanos() / Math.max(1, call.calls())),
        micros(call.p50Nanos()),
        micros(call.p95Nanos()),
        micros(call.p99Nanos()),
        micros(call.maxNanos()),
        call.calls(),
        failures == 0 ? "" : Long.toString(failures),
        call.name());
  }

  private static String phases(MachineMetrics metrics, long total) {
    StringBuilder out = new StringBuilder("phases:");
    for (Phase phase : Phase.values()) {
      long nanos = 0;
      for (Call call : metrics.calls()) {
        nanos += call.phaseNanos().getOrDefault(phase, 0L);
      }
      String name = phase.name().toLowerCase(Locale.ROOT);
      out.append(format(" %s %.1f%%", name, total == 0 ? 0.0 : 100.0 * nanos / total));
    }
    return out.append('\n').toString();
  }

  private static String gauges(MachineMetrics metrics) {
    Map<String, LimitEntry> limits =
        Vivarium.limits().stream().collect(Collectors.toMap(LimitEntry::key, Function.identity()));
    StringBuilder out = new StringBuilder();
    out.append(format(GAUGE_HEAD)).append(format(GAUGE_RULE));
    for (Gauge gauge : metrics.gauges()) {
      LimitEntry limit = Objects.requireNonNull(limits.get(gauge.key()));
      out.append(
          format(
              GAUGE_ROW,
              gauge.limit() == 0 ? 0.0 : 100.0 * gauge.peak() / gauge.limit(),
              LimitValue.format(limit, gauge.used()),
              LimitValue.format(limit, gauge.peak()),
              LimitValue.format(limit, gauge.limit()),
              gauge.key()));
    }
    return out.toString();
  }

  private static long micros(long nanos) {
    return Math.round(nanos / 1e3);
  }

  private static String format(String text, Object... values) {
    return String.format(Locale.ROOT, text.replace("%n", "\n"), values);
  }
}
