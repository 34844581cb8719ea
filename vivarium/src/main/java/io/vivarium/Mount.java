package io.vivarium;

import io.vivarium.kernel.fs.FileSystem;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * Something to mount in a machine: what, and whether the guest may write. Immutable and
 * thread-safe; one mount may be given to any number of machines, and each opens it for itself.
 *
 * <p>What becomes of a mount when its machine is {@linkplain VirtualMachine#snapshot frozen}: what
 * is in memory ({@link #memory}, {@link #overlay}, {@link #snapshot}) is frozen with it, in
 * constant time; a {@linkplain #hostDirectory host directory} or a {@linkplain #nio provider's
 * directory} is opened again by every machine that is made from the snapshot, and shared by all of
 * them.
 */
public final class Mount {
  /** What the files that guests write to an overlay may take, unless said otherwise. */
  private static final long OVERLAY_BYTES = 64L << 20;

  private static final long OVERLAY_INODES = 16_384;

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
   * outside of it can be reached through it: symlinks lead to guest paths, and neither "..", nor
   * renames, nor other mounts of the host lead out. Needs Linux.
   *
   * <p>Mounting throws {@link VivariumException} when there is no such directory, or the host
   * cannot mount directories.
   *
   * @param directory the directory, on the default file system
   */
  public static Mount hostDirectory(Path directory) {
    return hostDirectory(directory, Long.MAX_VALUE);
  }

  /**
   * A directory of the host, as of {@link #hostDirectory(Path)}, that guests cannot make grow
   * without end. Growth is what guests do: bytes by which files get longer, holes included, and
   * 4096 for each name; what they cut or remove counts the other way, whoever made it. What the
   * host does meanwhile neither takes nor gives room. Beyond the limit guests get ENOSPC, and df
   * shows as free what is left of it, or of the host's own space where that is less. The machines
   * made from a snapshot have a limit each.
   *
   * @param directory the directory, on the default file system
   * @param growth bytes, not negative; {@link Long#MAX_VALUE} for as far as the host lets them
   */
  public static Mount hostDirectory(Path directory, long growth) {
    if (growth < 0) {
      throw new IllegalArgumentException("Growth is not negative: " + growth);
    }
    return new Mount(readOnly -> HostMounts.directory(directory, growth, readOnly), false);
  }

  /**
   * A directory of any {@code java.nio.file.FileSystem}: a zip file, an in-memory tree, a store in
   * the network. What the provider cannot do answers as Linux file systems answer that cannot
   * either; files belong to uid 1000 where the provider has no owners. Its file system belongs to
   * the caller, who closes it after the machines that use it.
   *
   * <p>For directories of the host prefer {@link #hostDirectory}: Java's calls cannot keep other
   * processes of the host from putting a symlink in the way.
   *
   * <p>Mounting throws {@link VivariumException} when there is no such directory.
   *
   * @param directory the directory
   */
  public static Mount nio(Path directory) {
    return new Mount(readOnly -> HostMounts.nio(directory, readOnly), false);
  }

  /**
   * An empty file system in memory, with limits of its own. Beyond them guests get ENOSPC.
   *
   * @param bytes the most that contents may take, not negative
   * @param inodes the most files, directories and symlinks, not negative
   */
  public static Mount memory(long bytes, long inodes) {
    return new Mount(readOnly -> HostMounts.memory(bytes, inodes), false);
  }

  /**
   * The files of the root file system of a frozen machine, without what was mounted in it. Opened
   * in constant time. Each machine writes to a copy of its own, under the limits the frozen machine
   * had.
   *
   * @param snapshot the frozen machine
   */
  public static Mount snapshot(Snapshot snapshot) {
    return new Mount(snapshot::openRoot, false);
  }

  /**
   * A union of trees with a writable layer in memory above them, as of {@link #overlay(long, long,
   * Mount...)} with 64 MiB and 16,384 inodes.
   *
   * @param lowers the trees, uppermost first, at least one
   */
  public static Mount overlay(Mount... lowers) {
    return overlay(OVERLAY_BYTES, OVERLAY_INODES, lowers);
  }

  /**
   * A union of trees with a writable layer in memory above them (overlayfs). Where several trees
   * have a name the uppermost wins, and directories are merged. The trees are opened read-only and
   * never change; what a guest changes is copied to the layer of its machine first. Forks of a
   * machine share the trees and have a layer each, in constant time.
   *
   * <p>Nobody else may change the trees while they are mounted. Where that happens all the same (a
   * process of the host, a second mount of the same directory) guests see old and new mixed, or get
   * errors when they read, and nothing worse.
   *
   * <p>The limits hold against growth: changing a file of the trees in place costs nothing, and
   * removing one makes room. Host memory for copies is bounded by twice the bytes and 2 KiB for
   * each inode, and by half of the heap; beyond any of these guests get ENOSPC.
   *
   * @param bytes by how much contents may grow over what the trees have, not negative
   * @param inodes how many more files, directories and symlinks there may be than the trees have,
   *     not negative
   * @param lowers the trees, uppermost first, at least one; overlays are allowed
   */
  public static Mount overlay(long bytes, long inodes, Mount... lowers) {
    if (lowers.length == 0) {
      throw new IllegalArgumentException("An overlay needs at least one tree below it");
    }
    List<Mount> trees = List.of(lowers).stream().map(Mount::readOnly).toList();
    return new Mount(readOnly -> HostMounts.overlay(bytes, inodes, trees), false);
  }

  /**
   * A file system of the embedding program.
   *
   * @param source makes it, anew for each machine, which closes it
   */
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
