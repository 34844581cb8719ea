package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENFILE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The one door through which a mount gets descriptors of the host, so guests cannot use them up.
 *
 * <p>A mount has a limit, and all mounts of the JVM together have one: half of what the process may
 * open. Descriptors of inodes that nobody uses are idle: there are at most {@link #MOST_IDLE} per
 * mount, they make room for others, and one that a second or two did not need is closed, so that a
 * file which the host deletes gives its space back.
 */
final class DescriptorTable {
  /** The most descriptors a mount keeps without need. */
  static final int MOST_IDLE = 256;

  private static final int SWEEP_SECONDS = 1;
  private static final AtomicInteger OPEN_IN_JVM = new AtomicInteger();
  private static final Set<DescriptorTable> TABLES = ConcurrentHashMap.newKeySet();
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(SWEEP_SECONDS, TimeUnit.SECONDS);

  private final int limit;
  private final AtomicInteger open = new AtomicInteger();
  private final LinkedHashSet<HandleSlot> idle = new LinkedHashSet<>();
  private final Set<HandleSlot> pinned = new HashSet<>();
  private boolean sweeping;
  private volatile boolean closed;

  /**
   * An empty table.
   *
   * @param limit the most descriptors of this mount, in use and idle
   */
  DescriptorTable(int limit) {
    this.limit = limit;
    TABLES.add(this);
  }

  /** All mounts together; computed when the first mount opens. */
  private static final class JvmLimit {
    static final int VALUE = Math.clamp(HostCalls.descriptorLimit() / 2, 64, Integer.MAX_VALUE);
  }

  /**
   * Opens a descriptor.
   *
   * @param call the host call that answers with its number
   * @param access what the descriptor allows, bits of {@link HostHandle}
   * @return the handle, held by the caller
   * @throws ErrnoException ENFILE at a limit, or what the call throws
   */
  HostHandle open(IntSupplier call, int access) {
    reserve();
    int fd = -1;
    try {
      fd = openOnceMore(call);
      return new HostHandle(this, fd, access);
    } finally {
      if (fd < 0) {
        closed();
      }
    }
  }

  /** The host may be short of descriptors although we are below our limits. */
  private int openOnceMore(IntSupplier call) {
    try {
      return call.getAsInt();
    } catch (ErrnoException e) {
      if (e.errno() != Errno.ENFILE || !evictOne()) {
        throw e;
      }
      return call.getAsInt();
    }
  }

  private void reserve() {
    if (closed) {
      throw EIO.exception();
    }
    if (idleCount() >= MOST_IDLE) {
      evictOne();
    }
    while (open.incrementAndGet() > limit) {
      open.decrementAndGet();
      if (!evictOne()) {
        throw ENFILE.exception();
      }
    }
    while (OPEN_IN_JVM.incrementAndGet() > JvmLimit.VALUE) {
      OPEN_IN_JVM.decrementAndGet();
      if (!evictOne() && !evictElsewhere()) {
        open.decrementAndGet();
        throw ENFILE.exception();
      }
    }
  }

  /** A descriptor of this table was closed. */
  void closed() {
    OPEN_IN_JVM.decrementAndGet();
    open.decrementAndGet();
  }

  /** How many descriptors are open now. */
  int openCount() {
    return open.get();
  }

  // ---- slots ----------------------------------------------------------------------------------

  /**
   * A slot is about to have a descriptor, to be given up on demand or not.
   *
   * @return whether it may; false when the table is closed
   */
  synchronized boolean kept(HandleSlot slot, boolean idleNow) {
    if (closed) {
      return false;
    }
    (idleNow ? pinned : idle).remove(slot);
    (idleNow ? idle : pinned).add(slot);
    if (idleNow && !sweeping) {
      sweeping = true;
      LATER.execute(this::sweep);
    }
    return true;
  }

  /** A slot has none any more. */
  synchronized void dropped(HandleSlot slot) {
    idle.remove(slot);
    pinned.remove(slot);
  }

  private synchronized int idleCount() {
    return idle.size();
  }

  private static boolean evictElsewhere() {
    for (DescriptorTable table : TABLES) {
      if (table.evictOne()) {
        return true;
      }
    }
    return false;
  }

  /** Closes the descriptor that was idle for longest; false when none is idle. */
  private boolean evictOne() {
    while (true) {
      HandleSlot victim = leastUseful();
      if (victim == null) {
        return false;
      }
      if (victim.evict()) {
        return true;
      }
    }
  }

  /** Takes out the first idle slot that was not used since it was looked at last. */
  private synchronized @Nullable HandleSlot leastUseful() {
    for (int i = idle.size(); i > 0; i--) {
      HandleSlot slot = idle.removeFirst();
      if (!slot.touched) {
        return slot;
      }
      slot.touched = false;
      idle.addLast(slot);
    }
    return idle.isEmpty() ? null : idle.removeFirst();
  }

  /** Closes what was not used since the last sweep. */
  private void sweep() {
    List<HandleSlot> unused = new ArrayList<>();
    synchronized (this) {
      for (HandleSlot slot : idle) {
        if (slot.touched) {
          slot.touched = false;
        } else {
          unused.add(slot);
        }
      }
    }
    unused.forEach(HandleSlot::evict);
    synchronized (this) {
      sweeping = !idle.isEmpty() && !closed;
      if (sweeping) {
        LATER.execute(this::sweep);
      }
    }
  }

  /** Closes every idle descriptor, so that deleted files give their space back now. */
  boolean closeIdle() {
    boolean any = false;
    while (evictOne()) {
      any = true;
    }
    return any;
  }

  /** Closes everything; calls in progress finish with what they hold. */
  void close() {
    closed = true;
    TABLES.remove(this);
    List<HandleSlot> all = new ArrayList<>();
    synchronized (this) {
      all.addAll(idle);
      all.addAll(pinned);
    }
    all.forEach(HandleSlot::dispose);
  }
}
