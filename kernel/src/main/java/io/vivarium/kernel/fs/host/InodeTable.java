package io.vivarium.kernel.fs.host;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of a mount that somebody holds: one object per file of the host, for as long as it is
 * reachable.
 *
 * <p>The host gives the number of a deleted file to a new one. A known inode with a descriptor
 * rules that out; one without is told apart by its type and its time of birth, and the new file
 * becomes a new object.
 */
final class InodeTable {
  private final HostDirectoryFileSystem fileSystem;
  private final Map<HostStat.Place, Entry> entries = new HashMap<>();
  private final ReferenceQueue<HostInode> collected = new ReferenceQueue<>();

  InodeTable(HostDirectoryFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** An inode that is not to be kept alive, and the slot it leaves behind. */
  private static final class Entry extends WeakReference<HostInode> {
    private final HostStat.Place place;
    private final HandleSlot slot;

    Entry(HostInode inode, ReferenceQueue<HostInode> queue) {
      super(inode, queue);
      this.place = inode.place();
      this.slot = inode.slot();
    }
  }

  /** The inode of a file. The caller holds a descriptor of the file, so it exists. */
  synchronized HostInode intern(HostStat stat) {
    forgetCollected();
    Entry known = entries.get(stat.place());
    HostInode inode = known == null ? null : known.get();
    if (inode != null && inode.is(stat)) {
      return inode;
    }
    HostInode fresh =
        switch (stat.type()) {
          case REGULAR -> new HostRegularFile(fileSystem, stat);
          case DIRECTORY -> new HostDirectory(fileSystem, stat);
          case SYMLINK -> new HostSymlink(fileSystem, stat);
          default -> new HostSpecialFile(fileSystem, stat);
        };
    entries.put(fresh.place(), new Entry(fresh, collected));
    return fresh;
  }

  /** How many files are known; for tests. */
  synchronized int size() {
    forgetCollected();
    return entries.size();
  }

  private void forgetCollected() {
    while (collected.poll() instanceof @Nullable Entry entry) {
      entries.remove(entry.place, entry);
      entry.slot.dispose();
    }
  }
}
