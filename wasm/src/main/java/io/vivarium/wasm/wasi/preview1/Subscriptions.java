package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.WasiErrno;
import io.vivarium.wasm.wasi.WasiError;
import java.util.Arrays;

/**
 * What one {@code poll_oneoff} waits for. Descriptors go to the kernel's poll, clocks become its
 * timeout, and what is wrong with a single subscription becomes an event with an error, so that the
 * others still work.
 *
 * <p>An event has 32 bytes: userdata u64 at 0, error u16 at 8, type u8 at 10, bytes u64 at 16,
 * flags u16 at 24 (bit 0: the other side hung up).
 *
 * <p>Source: WASI preview 1, {@code poll_oneoff}; ABI sections 3 and 5.
 */
final class Subscriptions {
  static final int EVENT = 32;

  /** Most subscriptions of one poll_oneoff; more are EINVAL. */
  static final int MAX_COUNT = 1024;

  static final int CLOCK = 0;
  static final int FD_READ = 1;
  static final int FD_WRITE = 2;

  private static final int ABSOLUTE = 1;
  private static final int HANGUP = 1;
  private static final long NEVER = Long.MAX_VALUE;

  /** What a pipe takes at most: the room that is reported when the real one is not known. */
  private static final long WRITABLE_BYTES = 65_536;

  private final GuestContext guest;
  private final long start = System.nanoTime();
  private final int count;
  private final long[] userdata;
  private final int[] types;
  private final int[] errors;
  // Of clocks: nanoseconds from the start.
  private final long[] due;
  // As poll(2) has them; -1 is skipped.
  private final int[] fds;
  private final int[] interest;
  private final int[] found;
  private boolean failed;

  /**
   * Reads subscriptions.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL for an unknown type
   */
  Subscriptions(
      GuestContext guest, GuestMemory memory, int list, int count, SubscriptionLayout layout) {
    this.guest = guest;
    this.count = count;
    userdata = new long[count];
    types = new int[count];
    errors = new int[count];
    due = new long[count];
    fds = new int[count];
    interest = new int[count];
    found = new int[count];
    Arrays.fill(due, NEVER);
    Arrays.fill(fds, -1);
    for (int i = 0; i < count; i++) {
      decode(i, memory, list + i * layout.size(), layout);
    }
  }

  private void decode(int i, GuestMemory memory, int address, SubscriptionLayout layout) {
    userdata[i] = memory.getLong(address + SubscriptionLayout.USERDATA);
    types[i] = memory.getByte(address + SubscriptionLayout.TAG);
    switch (types[i]) {
      case CLOCK -> decodeClock(i, memory, address, layout);
      case FD_READ, FD_WRITE ->
          decodeDescriptor(i, memory.getInt(address + SubscriptionLayout.DESCRIPTOR));
      default -> throw EINVAL.exception();
    }
    failed |= errors[i] != WasiErrno.SUCCESS;
  }

  private void decodeClock(int i, GuestMemory memory, int address, SubscriptionLayout layout) {
    int id = memory.getInt(address + layout.clock());
    long time = memory.getLong(address + layout.timeout());
    int flags = memory.getShort(address + layout.flags());
    if (id < 0 || id >= Clock.values().length || (flags & ~ABSOLUTE) != 0) {
      errors[i] = WasiErrno.INVAL;
      return;
    }
    Clock clock = Clock.of(id);
    if (clock != Clock.REALTIME && clock != Clock.MONOTONIC) {
      errors[i] = WasiErrno.NOTSUP;
      return;
    }
    if (time < 0) {
      return;
    }
    due[i] = (flags & ABSOLUTE) == 0 ? time : Math.max(0, time - clock.now());
  }

  private void decodeDescriptor(int i, int fd) {
    if (fd < 0 || guest.isTagged(fd)) {
      errors[i] = WasiErrno.BADF;
    } else if (!guest.rights().allows(fd, Rights.POLL_FD_READWRITE)) {
      errors[i] = WasiErrno.NOTCAPABLE;
    } else {
      fds[i] = fd;
      interest[i] = types[i] == FD_READ ? PollEvents.POLLIN : PollEvents.POLLOUT;
    }
  }

  /** Waits until there is something to report. */
  void await() {
    int ready = 0;
    while (ready == 0 && !failed && !anyDue()) {
      ready = poll(timeout());
    }
    if (ready == 0) {
      poll(0);
    }
  }

  private int poll(long timeout) {
    try {
      return guest.calls().poll().poll(fds, interest, found, timeout);
    } catch (ErrnoException e) {
      throw e.errno() == EINTR ? WasiError.INTR : e;
    }
  }

  private long timeout() {
    long first = NEVER;
    for (long time : due) {
      first = Math.min(first, time);
    }
    return first == NEVER ? -1 : Math.max(0, first - (System.nanoTime() - start));
  }

  private boolean anyDue() {
    long elapsed = System.nanoTime() - start;
    for (long time : due) {
      if (time <= elapsed) {
        return true;
      }
    }
    return false;
  }

  /**
   * Writes the events that have happened, in the order of their subscriptions.
   *
   * @return how many
   */
  int write(GuestMemory memory, int address) {
    long elapsed = System.nanoTime() - start;
    int written = 0;
    for (int i = 0; i < count; i++) {
      if (errors[i] != WasiErrno.SUCCESS || found[i] != 0 || due[i] <= elapsed) {
        writeEvent(i, memory, address + EVENT * written);
        written++;
      }
    }
    return written;
  }

  private void writeEvent(int i, GuestMemory memory, int address) {
    boolean closed = (found[i] & PollEvents.POLLNVAL) != 0;
    int error = closed ? WasiErrno.BADF : errors[i];
    boolean descriptor = types[i] != CLOCK && error == WasiErrno.SUCCESS;
    boolean hangup = (found[i] & (PollEvents.POLLHUP | PollEvents.POLLERR)) != 0;
    memory.putLong(address, userdata[i]);
    memory.putLong(address + 8, error | (long) types[i] << 16);
    memory.putLong(address + 16, descriptor ? bytes(i) : 0);
    memory.putLong(address + 24, descriptor && hangup ? HANGUP : 0);
  }

  private long bytes(int i) {
    if (types[i] == FD_WRITE) {
      return (found[i] & PollEvents.POLLOUT) != 0 ? WRITABLE_BYTES : 0;
    }
    DescriptorCalls calls = guest.calls().descriptors();
    if (calls.type(fds[i]) == FileType.REGULAR) {
      long position = calls.seek(fds[i], 0, Whence.CURRENT);
      return Math.max(0, calls.stat(fds[i]).size() - position);
    }
    return (found[i] & PollEvents.POLLIN) != 0 ? 1 : 0;
  }
}
