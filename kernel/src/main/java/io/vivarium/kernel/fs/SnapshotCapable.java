package io.vivarium.kernel.fs;

/** A file system whose state can be frozen and forked in constant time. */
public interface SnapshotCapable {
  /**
   * Freezes the present state. Constant time, atomic with respect to every operation.
   *
   * <p>The frozen state is immutable, holds no open files, and may be forked any number of times by
   * any thread.
   */
  Frozen snapshot();

  /** An immutable state of a file system. */
  interface Frozen {
    /** A new writable file system that starts from this state. Constant time. */
    FileSystem fork();
  }
}
