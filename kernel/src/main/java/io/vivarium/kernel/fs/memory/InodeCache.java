package io.vivarium.kernel.fs.memory;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongConsumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The handles that are in use, by inode number: as long as a handle is reachable, its file has no
 * other. Thread-safe.
 */
final class InodeCache {
  private final MemoryFileSystem fileSystem;
  private final ConcurrentHashMap<Long, Handle> handles = new ConcurrentHashMap<>();
  private final ReferenceQueue<MemoryInode> unreachable = new ReferenceQueue<>();
  private final Queue<Long> lostOrphans = new ConcurrentLinkedQueue<>();

  InodeCache(MemoryFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** The handle of a file. */
  MemoryInode get(InodeRecord record) {
    while (true) {
      Handle present = handles.get(record.ino);
      MemoryInode inode = present == null ? null : present.get();
      if (inode != null) {
        return inode;
      }
      inode = MemoryInode.of(fileSystem, record);
      Handle handle = new Handle(inode, unreachable);
      boolean done =
          present == null
              ? handles.putIfAbsent(record.ino, handle) == null
              : handles.replace(record.ino, present, handle);
      if (done) {
        return inode;
      }
    }
  }

  /** The handle of a file if it has one. */
  @Nullable MemoryInode peek(long ino) {
    Handle handle = handles.get(ino);
    return handle == null ? null : handle.get();
  }

  /**
   * Forgets handles that became unreachable. A file without a name whose handle was dropped and not
   * closed is kept in mind for {@link #reapOrphans}.
   *
   * @param isOrphan asked under the file system's lock
   */
  void expunge(LongPredicate isOrphan) {
    for (Reference<?> lost = unreachable.poll(); lost != null; lost = unreachable.poll()) {
      Handle handle = (Handle) lost;
      if (handles.remove(handle.ino, handle) && isOrphan.test(handle.ino)) {
        lostOrphans.add(handle.ino);
      }
    }
  }

  /** Hands over the files without a name that nobody can close any more. */
  void reapOrphans(LongConsumer release) {
    for (Long ino = lostOrphans.poll(); ino != null; ino = lostOrphans.poll()) {
      release.accept(ino);
    }
  }

  private static final class Handle extends WeakReference<MemoryInode> {
    private final long ino;

    Handle(MemoryInode inode, ReferenceQueue<MemoryInode> queue) {
      super(inode, queue);
      this.ino = inode.ino();
    }
  }
}
