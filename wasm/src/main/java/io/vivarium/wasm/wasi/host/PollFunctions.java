package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.SignalSets;
import io.vivarium.wasm.wasi.WasiError;
import org.jspecify.annotations.Nullable;

/**
 * poll(2) and ppoll(2) over every kind of descriptor. A pollfd has 8 bytes: descriptor i32 at 0,
 * events u16 at 4, found events u16 at 6, with the bits of Linux. Negative descriptors are skipped,
 * those that are not open are reported with POLLNVAL.
 *
 * <p>Source: ABI sections 6.1 and 8.
 */
final class PollFunctions {
  /** Most descriptors in one call. */
  static final int MAX_COUNT = 1024;

  private static final int POLLFD = 8;
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private PollFunctions() {}

  static void defineNet(ImportModule.Builder module) {
    module.errno("net_poll", PollFunctions::netPoll, I32, I32, I32, I32);
  }

  static void defineProcess(ImportModule.Builder module) {
    module.errno("proc_ppoll_v1", PollFunctions::procPpoll, I32, I32, I64, I64, I32, I32, I32, I32);
  }

  /**
   * {@code net_poll(fds: *pollfd, count, timeout: i32, ready: *u32)}: poll(2); milliseconds,
   * negative waits for ever. EINVAL for more than 1024, EINTR with 0 ready.
   */
  static void netPoll(GuestContext guest, GuestMemory memory, long[] a) {
    int timeout = (int) a[2];
    long nanos = timeout < 0 ? -1 : timeout * NANOS_PER_MILLI;
    poll(guest, memory, (int) a[0], (int) a[1], (int) a[3], nanos, null);
  }

  /**
   * {@code proc_ppoll_v1(fds: *pollfd, count, seconds: i64, nanoseconds: i64, mask_lo, mask_hi,
   * has_mask, ready: *u32)}: ppoll(2); both times negative wait for ever. EINVAL for other negative
   * times, nanoseconds beyond a second, or more than 1024; EINTR with 0 ready.
   */
  static void procPpoll(GuestContext guest, GuestMemory memory, long[] a) {
    long nanos = a[2] < 0 && a[3] < 0 ? -1 : nanos(a[2], a[3]);
    Long mask = (int) a[6] == 0 ? null : (Long) SignalSets.of((int) a[4], (int) a[5]);
    poll(guest, memory, (int) a[0], (int) a[1], (int) a[7], nanos, mask);
  }

  private static long nanos(long seconds, long nanoseconds) {
    if (seconds < 0 || nanoseconds < 0 || nanoseconds >= NANOS_PER_SECOND) {
      throw EINVAL.exception();
    }
    return seconds > Long.MAX_VALUE / NANOS_PER_SECOND - 1
        ? -1
        : seconds * NANOS_PER_SECOND + nanoseconds;
  }

  private static void poll(
      GuestContext guest,
      GuestMemory memory,
      int list,
      int count,
      int result,
      long nanos,
      @Nullable Long mask) {
    if (Integer.compareUnsigned(count, MAX_COUNT) > 0) {
      throw EINVAL.exception();
    }
    memory.offset(list, count * POLLFD);
    memory.offset(result, 4);
    int[] fds = new int[count];
    int[] events = new int[count];
    int[] found = new int[count];
    for (int i = 0; i < count; i++) {
      fds[i] = memory.getInt(list + POLLFD * i);
      events[i] = memory.getShort(list + POLLFD * i + 4);
    }
    int ready;
    try {
      ready = guest.calls().poll().ppoll(fds, events, found, nanos, mask);
    } catch (ErrnoException e) {
      if (e.errno() != EINTR) {
        throw e;
      }
      memory.putInt(result, 0);
      throw WasiError.INTR;
    }
    for (int i = 0; i < count; i++) {
      memory.putShort(list + POLLFD * i + 6, found[i]);
    }
    memory.putInt(result, ready);
  }
}
