package io.vivarium.kernel.fs;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One file system at one place of a machine's tree. Thread-safe; the tree of mounts is changed by
 * {@link MountTable} only.
 */
public final class Mount {
  private final FileSystem fileSystem;
  private final Inode root;
  private final @Nullable Location mountPoint;
  private final AtomicInteger users = new AtomicInteger();
  private volatile boolean readOnly;
  // Replaced as a whole on change, so a path walk reads it without a lock.
  private volatile Map<Inode, Mount> children = Map.of();

  Mount(FileSystem fileSystem, @Nullable Location mountPoint, boolean readOnly) {
    this.fileSystem = fileSystem;
    this.root = fileSystem.root();
    this.mountPoint = mountPoint;
    this.readOnly = readOnly;
  }

  /** What is mounted. */
  public FileSystem fileSystem() {
    return fileSystem;
  }

  /** The root directory of what is mounted. */
  public Inode root() {
    return root;
  }

  /** The directory this mount covers; null for the root of the machine. */
  public @Nullable Location mountPoint() {
    return mountPoint;
  }

  /** Whether changes through this mount answer EROFS. */
  public boolean readOnly() {
    return readOnly || fileSystem.readOnly();
  }

  /** The absolute path of the mount point. */
  public String path() {
    return new Location(this, root).path();
  }

  /** An open file or working directory on this mount: keeps it from being unmounted. */
  public void use() {
    users.incrementAndGet();
  }

  /** The counterpart of {@link #use()}. */
  public void unuse() {
    users.decrementAndGet();
  }

  void setReadOnly(boolean readOnly) {
    this.readOnly = readOnly;
  }

  boolean busy() {
    return users.get() > 0 || !children.isEmpty();
  }

  /** The mount that covers a directory of this mount, or null. */
  @Nullable Mount childAt(Inode directory) {
    Map<Inode, Mount> present = children;
    return present.isEmpty() ? null : present.get(directory);
  }

  void addChild(Inode directory, Mount child) {
    Map<Inode, Mount> next = new HashMap<>(children);
    next.put(directory, child);
    children = next;
  }

  void removeChild(Inode directory) {
    Map<Inode, Mount> next = new HashMap<>(children);
    next.remove(directory);
    children = next.isEmpty() ? Map.of() : next;
  }
}
