package io.vivarium.cli;

import io.vivarium.LimitEntry;
import io.vivarium.MachineOptions;
import io.vivarium.Vivarium;
import java.util.stream.Collectors;

/**
 * A limit of a machine and its value, as {@code --limit} and the file of {@code --limits} give it.
 *
 * @param source where it was written, for messages
 * @param key names the limit
 * @param value in the unit of the limit
 */
record LimitValue(String source, String key, long value) {
  /** The most that a limit can be. */
  static final String UNLIMITED = "unlimited";

  /** Reads {@code KEY=VALUE}. */
  static LimitValue parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw new UsageError("--limit takes KEY=VALUE, such as process.count=64, not '" + text + "'");
    }
    return parse("--limit", text.substring(0, equals), text.substring(equals + 1));
  }

  /**
   * Reads a value: a number of the limit's unit, a size or time with a unit of its own, or
   * "unlimited".
   */
  static LimitValue parse(String source, String key, String text) {
    LimitEntry limit = find(source, key);
    return new LimitValue(source, key, value(limit, source + " " + key, text));
  }

  private static LimitEntry find(String source, String key) {
    for (LimitEntry limit : Vivarium.limits()) {
      if (limit.key().equals(key)) {
        return limit;
      }
    }
    String keys = Vivarium.limits().stream().map(LimitEntry::key).collect(Collectors.joining(", "));
    throw new UsageError(source + ": there is no limit " + key + "; there are " + keys);
  }

  private static long value(LimitEntry limit, String name, String text) {
    if (text.equals(UNLIMITED)) {
      return limit.most();
    }
    boolean plain = text.chars().allMatch(c -> c >= '0' && c <= '9');
    return limit.unit() == LimitEntry.Unit.MILLISECONDS && !plain
        ? TimeLimit.parse(name, text).duration().toMillis()
        : ByteSize.parse(name, text);
  }

  /**
   * Sets it.
   *
   * @throws UsageError when the limit cannot have the value
   */
  void configure(MachineOptions machine) {
    try {
      machine.limit(key, value);
    } catch (IllegalArgumentException e) {
      throw new UsageError(source + ": " + e.getMessage());
    }
  }

  /** A value as people read it. */
  static String format(LimitEntry limit, long value) {
    return switch (limit.unit()) {
      case BYTES -> ByteSize.format(value);
      case MILLISECONDS -> value == limit.most() ? UNLIMITED : time(value);
      case COUNT -> Long.toString(value);
    };
  }

  private static String time(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
