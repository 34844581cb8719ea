package io.vivarium.wasm.engine.binary;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * What one module costs the host until it can run: CPU time of the thread that works on it, and
 * memory that the work takes. Every loop whose length a module decides tells here how far it got,
 * and every allocation whose size a module decides is asked for here first; past a bound the work
 * ends with {@link EffortExceeded}. Used by one thread.
 */
public final class Effort {
  /** Decides about memory that is within the bound of the effort. */
  @FunctionalInterface
  public interface Source {
    /** Whether so many bytes more may be allocated. */
    boolean tryAcquire(long bytes);
  }

  /** Steps between two looks at the clock: well under a millisecond. */
  private static final int STEPS = 1 << 15;

  /**
   * For so long the time that passes is taken for CPU time: reading that costs the JVM milliseconds
   * once, which small modules need not pay.
   */
  private static final long GRACE_NANOS = 5_000_000;

  private static final class Holder {
    static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  }

  private final long mostNanos;
  private final long mostBytes;
  private final Source source;
  private final long started = System.nanoTime();
  private long cpuBase = -1;
  private int steps;
  private long nanos;
  private long bytes;

  /**
   * An effort that begins now.
   *
   * @param mostNanos most CPU time
   * @param mostBytes most memory, all allocations together
   * @param source asked for memory within that
   */
  public Effort(long mostNanos, long mostBytes, Source source) {
    this.mostNanos = mostNanos;
    this.mostBytes = mostBytes;
    this.source = source;
  }

  /** One without bounds. */
  public static Effort unlimited() {
    return new Effort(Long.MAX_VALUE, Long.MAX_VALUE, more -> true);
  }

  /** CPU time that was used when somebody looked last, nanoseconds. */
  public long nanos() {
    return nanos;
  }

  /** Bytes that were granted. */
  public long bytes() {
    return bytes;
  }

  /**
   * So many steps of a few nanoseconds each are done, or about to be done.
   *
   * @throws EffortExceeded when the time is used up
   */
  public void step(int count) {
    steps += count;
    if (steps >= STEPS || steps < 0) {
      steps = 0;
      check();
    }
  }

  /**
   * Looks at the clock.
   *
   * @throws EffortExceeded when the time is used up
   */
  public void check() {
    nanos = used();
    if (nanos > mostNanos) {
      throw EffortExceeded.time(nanos);
    }
  }

  private long used() {
    long passed = System.nanoTime() - started;
    if (passed < GRACE_NANOS) {
      return passed;
    }
    try {
      long cpu = Holder.THREADS.getCurrentThreadCpuTime();
      if (cpuBase < 0) {
        cpuBase = cpu - Math.min(cpu, GRACE_NANOS);
      }
      return cpu - cpuBase;
    } catch (UnsupportedOperationException e) {
      return passed; // a virtual thread
    }
  }

  /**
   * Memory is about to be allocated.
   *
   * @throws EffortExceeded when there is none
   */
  public void take(long more) {
    if (more > mostBytes - bytes) {
      throw EffortExceeded.memory(bytes + more, true);
    }
    if (more > 0 && !source.tryAcquire(more)) {
      throw EffortExceeded.memory(bytes + more, false);
    }
    bytes += more;
  }

  /** The same for so many things of a size. */
  public void take(int count, int each) {
    take((long) count * each);
  }
}
