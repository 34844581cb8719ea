package io.vivarium;

import io.vivarium.kernel.fs.FileSystem;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Something to mount in a machine: what, and whether the guest may write. Immutable; one mount may
 * be given to any number of machines.
 */
public final class Mount {
  /** Makes the file system for one machine. */
  interface Source {
    FileSystem open(boolean readOnly);
  }

  private final Source source;
  private final boolean isReadOnly;

  Mount(Source source, boolean isReadOnly) {
    this.source = source;
    this.isReadOnly = isReadOnly;
  }

  /**
   * A directory of the host. Guests see it as it is and, unless it is read-only, change it; nothing
   * outside of it can be reached through it.
   */
  public static Mount hostDirectory(Path directory) {
    return new Mount(readOnly -> HostMounts.directory(directory, readOnly), false);
  }

  /**
   * A directory of any {@code java.nio.file.FileSystem}: a zip file, an in-memory tree, a bucket.
   */
  public static Mount nio(Path root) {
    return new Mount(readOnly -> HostMounts.nio(root, readOnly), false);
  }

  /** An empty file system in memory, with its own limits. */
  public static Mount memory(long bytes, long inodes) {
    return new Mount(readOnly -> HostMounts.memory(bytes, inodes), false);
  }

  /** A file system of the embedding program, made anew for each machine. */
  public static Mount of(Supplier<? extends FileSystem> source) {
    return new Mount(readOnly -> source.get(), false);
  }

  /** The same mount, read-only: every change answers EROFS. */
  public Mount readOnly() {
    return new Mount(source, true);
  }

  /** Whether it is read-only. */
  public boolean isReadOnly() {
    return isReadOnly;
  }

  FileSystem open() {
    return source.open(isReadOnly);
  }
}
