package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.fs.NewInode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A directory: entries by name for lookup, and by cookie for reading in a stable order. */
final class DirectoryRecord extends InodeRecord {
  private NameMap<DirectoryEntry> byName;
  private PersistentRadix<DirectoryEntry> byCookie;
  private long entryBytes;

  DirectoryRecord(Edit owner, long ino, NewInode attributes, long now) {
    super(owner, ino, attributes, now);
    this.byName = NameMap.empty();
    this.byCookie = PersistentRadix.empty();
  }

  private DirectoryRecord(Edit owner, DirectoryRecord original) {
    super(owner, original);
    this.byName = original.byName;
    this.byCookie = original.byCookie;
    this.entryBytes = original.entryBytes;
  }

  @Override
  DirectoryRecord copy(Edit edit) {
    return new DirectoryRecord(edit, this);
  }

  boolean isEmpty() {
    return byName.size() == 0;
  }

  /** Whether rmdir(2) took its name; it can get no new entries then. */
  boolean isRemoved() {
    return links == 0;
  }

  @Nullable DirectoryEntry find(String name) {
    return byName.get(name);
  }

  DirectoryEntry get(String name) {
    DirectoryEntry entry = byName.get(name);
    if (entry == null) {
      throw ENOENT.exception();
    }
    return entry;
  }

  @Nullable DirectoryEntry at(long cookie) {
    return byCookie.get(cookie);
  }

  /**
   * Adds an entry, in place of the one with this name if there is one; they share a cookie then.
   */
  void put(DirectoryEntry entry) {
    if (byName.get(entry.name()) == null) {
      entryBytes += DirectoryEntry.residentBytes(entry.name());
    }
    byName = byName.put(owner, entry);
    byCookie = byCookie.put(owner, entry.cookie(), entry);
  }

  void remove(DirectoryEntry entry) {
    byName = byName.remove(owner, entry.name());
    byCookie = byCookie.remove(owner, entry.cookie());
    entryBytes -= DirectoryEntry.residentBytes(entry.name());
  }

  /** Adds to a list the entries behind a cookie, up to {@code count} of them. */
  void copyEntries(long cookie, int count, List<DirectoryEntry> target) {
    if (cookie == Long.MAX_VALUE || count <= 0) {
      return;
    }
    int enough = target.size() + count;
    byCookie.visitFrom(
        cookie + 1,
        (key, entry) -> {
          target.add(entry);
          return target.size() < enough;
        });
  }

  /** As the common disk file systems of Linux show a small directory. */
  @Override
  long size() {
    return Block.SIZE;
  }

  @Override
  long sectors() {
    return Block.SIZE / 512;
  }

  @Override
  long chargedBytes() {
    return 0;
  }

  @Override
  long contentResidentBytes() {
    return entryBytes;
  }
}
