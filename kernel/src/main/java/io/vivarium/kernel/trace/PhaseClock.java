package io.vivarium.kernel.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Splits the time of the system calls of one thread into {@link Phase}s. Belongs to its thread.
 *
 * <p>The kernel marks phases through the static methods. Until a machine of the JVM is measured
 * they cost the read of a field; from then on they look for the clock of their thread, which has
 * one when its machine is measured.
 */
@SuppressWarnings("EnumOrdinal") // indexes of arrays that live no longer than the JVM
public final class PhaseClock {
  private static final ThreadLocal<@Nullable PhaseClock> OF_THREAD = new ThreadLocal<>();

  private static final int PHASES = Phase.values().length;

  /** Never cleared, as it only spares others the look at their thread. */
  private static boolean inUse;

  private final long[] nanos = new long[PHASES];
  private Phase current = Phase.OPERATE;
  private long since;

  /** Gives this thread a clock, or takes it away. */
  public static void attach(@Nullable PhaseClock clock) {
    if (clock == null) {
      OF_THREAD.remove();
    } else {
      inUse = true;
      OF_THREAD.set(clock);
    }
  }

  /**
   * A phase begins on this thread.
   *
   * @return what {@link #leave} has to be given; null when nobody measures
   */
  public static @Nullable Phase enter(Phase phase) {
    return inUse ? enterMeasured(phase) : null;
  }

  /** The phase that {@link #enter} began is over. */
  public static void leave(@Nullable Phase previous) {
    if (previous != null) {
      enterMeasured(previous);
    }
  }

  private static @Nullable Phase enterMeasured(Phase phase) {
    PhaseClock clock = OF_THREAD.get();
    return clock == null ? null : clock.turn(phase);
  }

  private Phase turn(Phase phase) {
    Phase previous = current;
    if (previous != phase) {
      long now = System.nanoTime();
      nanos[previous.ordinal()] += now - since;
      since = now;
      current = phase;
    }
    return previous;
  }

  /**
   * A call begins.
   *
   * @param now {@link System#nanoTime()}
   */
  public void start(long now) {
    Arrays.fill(nanos, 0);
    current = Phase.OPERATE;
    since = now;
  }

  /**
   * The call is over.
   *
   * @param now {@link System#nanoTime()}
   * @return nanoseconds by {@link Phase#ordinal()}, valid until the next call starts
   */
  @SuppressWarnings("EI_EXPOSE_REP") // read at once by the one who measures
  public long[] stop(long now) {
    nanos[current.ordinal()] += now - since;
    return nanos;
  }
}
