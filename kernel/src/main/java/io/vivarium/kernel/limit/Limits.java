package io.vivarium.kernel.limit;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** A value for every {@link Limit}, each in its range. Immutable. */
public final class Limits {
  /** All as they are unless they are set. */
  public static final Limits DEFAULT = new Limits(initial());

  private final Map<Limit, Long> values;

  private Limits(Map<Limit, Long> values) {
    this.values = values;
  }

  private static Map<Limit, Long> initial() {
    Map<Limit, Long> values = new EnumMap<>(Limit.class);
    for (Limit limit : Limit.values()) {
      values.put(limit, limit.initial());
    }
    return values;
  }

  /** The value of a limit. */
  public long get(Limit limit) {
    return Objects.requireNonNull(values.get(limit));
  }

  /** The value of a limit whose range is within that of an int. */
  public int getInt(Limit limit) {
    return Math.toIntExact(get(limit));
  }

  /**
   * The same with another value.
   *
   * @throws IllegalArgumentException when it is out of range; the message names key and range
   */
  public Limits with(Limit limit, long value) {
    limit.check(value);
    Map<Limit, Long> changed = new EnumMap<>(values);
    changed.put(limit, value);
    return new Limits(changed);
  }
}
