package io.vivarium.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The file of {@code --limits}: keys of limits with their values, or nested by their first part.
 */
final class LimitsFile {
  private LimitsFile() {}

  /**
   * Reads one.
   *
   * @throws UsageError when something in it is no limit, or no value; the message says where
   */
  static List<LimitValue> read(String file) {
    return values(ConfigFile.read("--limits", file));
  }

  static List<LimitValue> values(ConfigFile root) {
    List<LimitValue> limits = new ArrayList<>();
    collect("", root, limits);
    return limits;
  }

  private static void collect(String prefix, ConfigFile value, List<LimitValue> limits) {
    if (value.isText()) {
      if (prefix.isEmpty()) {
        throw value.error("expected limits, such as process.count: 64");
      }
      limits.add(LimitValue.parse(value.where(), prefix, value.text("a value")));
      return;
    }
    value
        .entries("a value, or limits")
        .forEach(
            (name, inner) -> collect(prefix.isEmpty() ? name : prefix + "." + name, inner, limits));
  }
}
