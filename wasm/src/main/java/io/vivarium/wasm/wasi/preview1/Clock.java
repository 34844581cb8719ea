package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;

/**
 * The clocks of preview 1, nanoseconds.
 *
 * <p>A guest process is one thread, so its CPU time is that of the thread it runs on.
 *
 * <p>Source: WASI preview 1, type {@code clockid}; clock_gettime(2).
 */
enum Clock {
  /** Time since 1970, as the host's clock has it. */
  REALTIME {
    @Override
    long now() {
      Instant now = Instant.now();
      return now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }
  },
  /** Time since the host's virtual machine started, never going back. */
  MONOTONIC {
    @Override
    long now() {
      return System.nanoTime() - START;
    }
  },
  /** CPU time that the process has used. */
  PROCESS_CPU {
    @Override
    long now() {
      return cpuTime();
    }
  },
  /** CPU time that the thread has used. */
  THREAD_CPU {
    @Override
    long now() {
      return cpuTime();
    }
  };

  private static final Clock[] BY_NUMBER = values();

  // A second of head start: guests take 0 for "no time".
  private static final long START = System.nanoTime() - 1_000_000_000L;

  /** The present time of this clock. */
  abstract long now();

  /** The smallest step, nanoseconds. */
  long resolution() {
    return 1;
  }

  /**
   * A clock by its number.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when there is none
   */
  static Clock of(int id) {
    if (id < 0 || id >= BY_NUMBER.length) {
      throw EINVAL.exception();
    }
    return BY_NUMBER[id];
  }

  private static long cpuTime() {
    return CpuTime.BEAN.getCurrentThreadCpuTime();
  }

  /** Loads the management classes only for guests that ask. */
  private static final class CpuTime {
    static final ThreadMXBean BEAN = ManagementFactory.getThreadMXBean();
  }
}
