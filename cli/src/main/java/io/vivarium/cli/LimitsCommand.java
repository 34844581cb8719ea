package io.vivarium.cli;

import io.vivarium.LimitEntry;
import io.vivarium.Vivarium;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.Options;

/** {@code viv limits}: the limits that a machine has. */
final class LimitsCommand implements Subcommand {
  @Override
  public Options options() {
    return new Options();
  }

  @Override
  public int run(Arguments arguments) {
    if (!arguments.operands().isEmpty()) {
      throw new UsageError("unexpected argument " + arguments.operands().getFirst());
    }
    return StandardStreams.print(table(Vivarium.limits()));
  }

  private static String table(List<LimitEntry> limits) {
    StringBuilder table = new StringBuilder();
    line(table, "KEY", "DEFAULT", "LEAST", "MOST", "AT THE LIMIT");
    for (LimitEntry limit : limits) {
      line(
          table,
          limit.key(),
          LimitValue.format(limit, limit.initial()),
          LimitValue.format(limit, limit.least()),
          LimitValue.format(limit, limit.most()),
          limit.errno().isEmpty() ? limit.effect() : limit.errno() + ": " + limit.effect());
    }
    return table.toString();
  }

  private static void line(
      StringBuilder table, String key, String initial, String least, String most, String effect) {
    table.append(
        String.format(Locale.ROOT, "%-26s %9s %9s %13s  %s\n", key, initial, least, most, effect));
  }
}
