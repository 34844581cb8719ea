package io.vivarium.cli;

/**
 * What {@code --limit} takes: a limit of the machine and its value.
 *
 * @param key names the limit
 * @param value bytes, or a number of things
 */
record LimitValue(String key, long value) {
  /** Reads {@code KEY=VALUE}. */
  static LimitValue parse(String text) {
    int equals = text.indexOf('=');
    if (equals <= 0) {
      throw new UsageError("--limit takes KEY=VALUE, such as process.count=64, not '" + text + "'");
    }
    String key = text.substring(0, equals);
    return new LimitValue(key, ByteSize.parse("--limit " + key, text.substring(equals + 1)));
  }
}
