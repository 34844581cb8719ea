package io.vivarium.kernel.fs.overlay;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.text.ByteStrings;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The handles of an overlay that are in use, by the files they stand for: as long as a handle is
 * reachable, its file has no other, before and after it is copied up. Thread-safe; called under the
 * lock of the overlay.
 */
final class OverlayCache {
  private static final int UPPER = -1;

  private final OverlayFileSystem overlay;
  private final ConcurrentHashMap<Key, Handle> handles = new ConcurrentHashMap<>();
  private final ReferenceQueue<OverlayInode> unreachable = new ReferenceQueue<>();

  OverlayCache(OverlayFileSystem overlay) {
    this.overlay = overlay;
  }

  private record Key(int layer, long ino) {}

  private static final class Handle extends WeakReference<OverlayInode> {
    private final Key key;

    Handle(Key key, OverlayInode inode, ReferenceQueue<OverlayInode> queue) {
      super(inode, queue);
      this.key = key;
    }
  }

  /** The handle of a file that the upper tree has under a name. */
  OverlayInode ofUpper(Inode upper, @Nullable OverlayDirectory parent, String name) {
    Key key = new Key(UPPER, upper.ino());
    OverlayInode present = peek(key);
    if (present == null) {
      present = intern(key, newUpper(upper, parent, name));
    }
    return present;
  }

  /** The handle of a file that only the lower trees have under a name. */
  OverlayInode ofLower(LowerEntry entry, OverlayDirectory parent) {
    Key key = new Key(entry.layer(), entry.ino());
    OverlayInode present = peek(key);
    if (present != null) {
      return present;
    }
    if (entry.isDirectory()) {
      return intern(key, new OverlayDirectory(overlay, null, entry.open(), parent, entry.name()));
    }
    Inode lower = entry.inode();
    boolean manyNames = lower.stat().links() > 1;
    if (manyNames) {
      Inode copy = overlay.upper().indexed(entry.layer(), entry.ino());
      if (copy != null) {
        return ofUpper(copy, parent, entry.name());
      }
    }
    OverlayFile file = OverlayFile.lower(overlay, lower, entry.origin(), manyNames);
    file.foundAt(parent, entry.name());
    return intern(key, file);
  }

  /** Makes the handle of a file that was copied up known for its copy. */
  void copiedUp(OverlayInode inode, Inode upper) {
    intern(new Key(UPPER, upper.ino()), inode);
  }

  private OverlayInode newUpper(Inode upper, @Nullable OverlayDirectory parent, String name) {
    if (upper.type() == FileType.DIRECTORY) {
      LowerDirectory lower = lowerOf(upper, parent, name);
      return new OverlayDirectory(overlay, upper, lower, parent, name);
    }
    byte[] origin = Marks.get(upper, Marks.ORIGIN);
    OverlayFile file = OverlayFile.upper(overlay, upper, origin == null ? null : Origin.of(origin));
    if (parent != null) {
      file.foundAt(parent, name);
    }
    return file;
  }

  /** The lower directory that goes on in a directory of the upper tree. */
  private @Nullable LowerDirectory lowerOf(
      Inode upper, @Nullable OverlayDirectory parent, String name) {
    if (Marks.has(upper, Marks.OPAQUE)) {
      return null;
    }
    byte[] redirect = Marks.get(upper, Marks.REDIRECT);
    if (redirect != null) {
      return overlay.layers().directory(ByteStrings.decode(redirect));
    }
    LowerDirectory lower = parent == null ? null : parent.lower();
    LowerEntry entry = lower == null ? null : lower.find(name);
    return entry == null || !entry.isDirectory() ? null : entry.open();
  }

  private @Nullable OverlayInode peek(Key key) {
    Handle handle = handles.get(key);
    return handle == null ? null : handle.get();
  }

  /** The handle that is known under a key: the given one, or one that was first. */
  private OverlayInode intern(Key key, OverlayInode inode) {
    for (Reference<?> lost = unreachable.poll(); lost != null; lost = unreachable.poll()) {
      Handle handle = (Handle) lost;
      handles.remove(handle.key, handle);
    }
    Handle fresh = new Handle(key, inode, unreachable);
    while (true) {
      Handle present = handles.putIfAbsent(key, fresh);
      OverlayInode first = present == null ? inode : present.get();
      if (first != null) {
        return first;
      }
      if (present != null && handles.replace(key, present, fresh)) {
        return inode;
      }
    }
  }
}
