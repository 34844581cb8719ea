package io.vivarium.kernel.fs.host;

import org.jspecify.annotations.Nullable;

/**
 * The place where an inode or a directory reader keeps its descriptor while it has one. An idle
 * slot may lose it to the {@link DescriptorTable} at any time; a pinned one keeps it.
 */
final class HandleSlot {
  private final DescriptorTable table;
  private @Nullable HostHandle handle;
  private int pins;
  private boolean disposed;
  private boolean awaitingOpen;

  /** Used since the table looked last; not worth closing yet. */
  volatile boolean touched;

  HandleSlot(DescriptorTable table) {
    this.table = table;
  }

  /** The descriptor, held for the caller; null when there is none. */
  synchronized @Nullable HostHandle retain() {
    if (handle == null) {
      return null;
    }
    touched = true;
    return handle.retain();
  }

  /** Keeps a descriptor if there is none yet; the caller's hold stays the caller's. */
  synchronized void offer(HostHandle fresh) {
    if (handle == null && !disposed) {
      keep(fresh);
    }
  }

  /** Keeps a descriptor instead of the present one; the caller's hold stays the caller's. */
  void replace(HostHandle fresh) {
    HostHandle old;
    synchronized (this) {
      old = handle;
      if (!disposed) {
        keep(fresh);
      }
    }
    if (old != null) {
      old.close();
    }
  }

  private void keep(HostHandle fresh) {
    if (table.kept(this, pins == 0)) {
      handle = fresh.retain();
      touched = true;
    } else {
      handle = null; // the file system is closed
    }
  }

  /** A file without a name could not be found again: it is pinned for its first user now. */
  synchronized void pinUntilOpened() {
    pin();
    awaitingOpen = true;
  }

  /** From now on the descriptor stays, until as many {@link #unpin}. */
  synchronized void pin() {
    if (awaitingOpen) {
      awaitingOpen = false;
      return;
    }
    pins++;
    if (pins == 1 && handle != null) {
      boolean _ = table.kept(this, false);
    }
  }

  /**
   * The counterpart of {@link #pin}.
   *
   * @return whether it was the last one
   */
  synchronized boolean unpin() {
    pins--;
    if (pins == 0 && handle != null) {
      touched = true;
      boolean _ = table.kept(this, true);
    }
    return pins == 0;
  }

  /** Whether somebody uses the inode. */
  synchronized boolean pinned() {
    return pins > 0;
  }

  /** Gives up the descriptor if the slot is idle. */
  boolean evict() {
    HostHandle old;
    synchronized (this) {
      if (pins > 0 || handle == null) {
        return false;
      }
      old = handle;
      handle = null;
      table.dropped(this);
    }
    old.close();
    return true;
  }

  /** Gives up the descriptor for good. */
  void dispose() {
    HostHandle old;
    synchronized (this) {
      disposed = true;
      old = handle;
      handle = null;
      table.dropped(this);
    }
    if (old != null) {
      old.close();
    }
  }
}
