package io.vivarium.kernel.fs.nio;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The inodes of a mount that somebody holds, by the provider's file key or, where it gives none, by
 * directory and name; and the numbers they have, no two alike.
 */
final class NioInodes {
  private static final long NAME_FACTOR = 0x9e3779b97f4a7c15L;

  private final NioFileSystem fileSystem;
  private final Map<Object, Entry> entries = new HashMap<>();
  private final Map<Long, Entry> numbers = new HashMap<>();
  private final ReferenceQueue<NioInode> collected = new ReferenceQueue<>();
  private long nextNumber = 1L << 62;

  NioInodes(NioFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /** A file without a key: the name is the file. Directories compare by object. */
  private record Name(NioDirectory directory, String name) {}

  private static final class Entry extends WeakReference<NioInode> {
    private final long number;
    private Object identity;

    Entry(NioInode inode, Object identity, ReferenceQueue<NioInode> queue) {
      super(inode, queue);
      this.number = inode.ino();
      this.identity = identity;
    }
  }

  /** The inode of what a name stands for. */
  synchronized NioInode intern(NioDirectory directory, String name, NioAttributes attributes) {
    forgetCollected();
    Object identity = identity(directory, name, attributes.key());
    Entry known = entries.get(identity);
    NioInode inode = known == null ? null : known.get();
    if (inode == null || inode.type() != attributes.type()) {
      NioInode.Place place = new NioInode.Place(directory, name, false);
      inode =
          switch (attributes.type()) {
            case REGULAR -> new NioRegularFile(fileSystem, attributes, place);
            case DIRECTORY -> new NioDirectory(fileSystem, attributes, place);
            case SYMLINK -> new NioSymlink(fileSystem, attributes, place);
            default -> new NioSpecialFile(fileSystem, attributes, place);
          };
      Entry entry = new Entry(inode, identity, collected);
      entries.put(identity, entry);
      numbers.put(inode.ino(), entry);
    }
    return inode;
  }

  /** A number for a new inode: the provider's, or one made of the name, when it is free. */
  synchronized long number(NioAttributes attributes, NioInode.@Nullable Place place) {
    long wanted = attributes.number();
    if (wanted == 0 && attributes.key() != null) {
      wanted = attributes.key().hashCode() & 0xffffffffL;
    }
    if (wanted == 0 && place != null) {
      wanted = ((place.directory().ino() * 31 + place.name().hashCode()) * NAME_FACTOR) >>> 2;
    }
    Entry taken = numbers.get(wanted);
    return wanted > 1 && (taken == null || taken.get() == null) ? wanted : ++nextNumber;
  }

  /** A file is to be found under another name from now on. */
  synchronized void renamed(NioInode inode, NioDirectory from, String oldName) {
    if (inode.hasKey()) {
      return;
    }
    Entry entry = entries.remove(new Name(from, oldName));
    NioInode.Place place = inode.place();
    if (entry != null && entry.get() == inode && place != null) {
      entry.identity = new Name(place.directory(), place.name());
      entries.put(entry.identity, entry);
    }
  }

  /** A file has no name any more; what gets its name or key is another. */
  synchronized void gone(NioInode inode, NioDirectory directory, String name) {
    Object identity = identity(directory, name, inode.key());
    Entry entry = entries.get(identity);
    if (entry != null && entry.get() == inode) {
      entries.remove(identity);
    }
  }

  private static Object identity(NioDirectory directory, String name, @Nullable Object key) {
    return key != null ? key : new Name(directory, name);
  }

  private void forgetCollected() {
    while (collected.poll() instanceof @Nullable Entry entry) {
      entries.remove(entry.identity, entry);
      numbers.remove(entry.number, entry);
    }
  }
}
