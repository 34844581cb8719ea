package io.vivarium;

/**
 * A limit of machines; see {@link MachineOptions#limit}.
 *
 * @param key its name, such as {@code storage.bytes}
 * @param unit what its value counts
 * @param initial what it is unless it is set
 * @param least the smallest value it can have
 * @param most the largest value it can have
 * @param errno the name of the errno that calls answer at the limit; empty when none does
 * @param effect what a guest meets at the limit
 */
public record LimitEntry(
    String key, Unit unit, long initial, long least, long most, String errno, String effect) {

  /** What the value of a limit counts. */
  public enum Unit {
    /** Bytes. */
    BYTES,
    /** Milliseconds. */
    MILLISECONDS,
    /** Things. */
    COUNT
  }
}
