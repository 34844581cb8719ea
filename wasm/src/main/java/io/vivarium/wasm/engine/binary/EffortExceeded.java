package io.vivarium.wasm.engine.binary;

/** A module needs more time or memory than it may have until it can run; see {@link Effort}. */
public final class EffortExceeded extends RuntimeException {
  /** What there is not enough of. */
  public enum Kind {
    /** CPU time. */
    TIME,
    /** Memory: the bound of the effort. */
    MEMORY,
    /** Memory: whoever gives it has none now. */
    NO_MEMORY
  }

  private final Kind kind;
  private final long wanted;

  private EffortExceeded(Kind kind, long wanted, String message) {
    super(message, null, false, false);
    this.kind = kind;
    this.wanted = wanted;
  }

  static EffortExceeded time(long nanos) {
    return new EffortExceeded(
        Kind.TIME, nanos, "the module takes longer than " + nanos / 1_000_000 + " ms");
  }

  static EffortExceeded memory(long bytes, boolean bounded) {
    return new EffortExceeded(
        bounded ? Kind.MEMORY : Kind.NO_MEMORY, bytes, "the module needs " + bytes + " bytes");
  }

  /** What there is not enough of. */
  public Kind kind() {
    return kind;
  }

  /** How much would have been needed at least: nanoseconds or bytes. */
  public long wanted() {
    return wanted;
  }
}
