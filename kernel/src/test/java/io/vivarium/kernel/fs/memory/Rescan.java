package io.vivarium.kernel.fs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Counts everything in a file system anew and compares it with what its ledger says. */
public final class Rescan {
  private long bytes;
  private long resident;
  private final Set<Long> records = new HashSet<>();
  private long orphans;

  private Rescan() {}

  /** Fails unless the ledger is right and nothing is left behind. */
  public static void check(MemoryFileSystem fileSystem) {
    Rescan rescan = new Rescan();
    fileSystem.table().forEach((ino, record) -> rescan.count(record));
    assertThat(fileSystem.ledger().bytes()).as("bytes").isEqualTo(rescan.bytes);
    assertThat(fileSystem.ledger().inodes()).as("inodes").isEqualTo(rescan.records.size());
    assertThat(fileSystem.ledger().residentBytes()).as("resident").isEqualTo(rescan.resident);
    Set<Long> reachable = new HashSet<>();
    walk(fileSystem.root(), reachable);
    assertThat(rescan.records).containsAll(reachable);
    assertThat(rescan.records.size() - reachable.size())
        .as("files without a name")
        .isEqualTo((int) rescan.orphans);
  }

  /** Fails unless the ledger is right about the memory of the host. */
  public static void checkResident(MemoryFileSystem fileSystem) {
    Rescan rescan = new Rescan();
    fileSystem.table().forEach((ino, record) -> rescan.count(record));
    assertThat(fileSystem.ledger().residentBytes()).as("resident").isEqualTo(rescan.resident);
  }

  private boolean count(InodeRecord record) {
    records.add(record.ino);
    if (record.links == 0) {
      orphans++;
    }
    if (record.type != FileType.DIRECTORY) {
      bytes += record.size();
    }
    resident += record.residentBytes() - record.contentResidentBytes() - record.xattrBytes;
    record.xattrs.forEach(xattr -> resident += xattr.residentBytes());
    switch (record) {
      case RegularRecord file ->
          file.forEachBlock((index, block) -> {
            resident += block.residentBytes();
            return true;
          });
      case DirectoryRecord directory -> {
        List<DirectoryEntry> entries = new ArrayList<>();
        directory.copyEntries(0, Integer.MAX_VALUE, entries);
        entries.forEach(entry -> resident += DirectoryEntry.residentBytes(entry.name()));
      }
      case SymlinkRecord symlink -> resident += 2L * symlink.target.length();
      case NodeRecord node -> {}
    }
    return true;
  }

  private static void walk(Inode inode, Set<Long> reachable) {
    if (reachable.add(inode.ino()) && inode.type() == FileType.DIRECTORY) {
      inode.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            walk(inode.lookup(name), reachable);
            return true;
          });
    }
  }
}
