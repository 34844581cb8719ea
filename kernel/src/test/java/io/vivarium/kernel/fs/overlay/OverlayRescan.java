package io.vivarium.kernel.fs.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.memory.Rescan;
import io.vivarium.kernel.limit.StorageUse;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Counts everything that a union shows anew and compares it with what its ledger says. */
final class OverlayRescan {
  private long bytes;
  private final Set<Long> inodes = new HashSet<>();

  private OverlayRescan() {}

  /** Fails unless use is what can be seen, and what is open. */
  static void check(OverlayFileSystem overlay, Collection<? extends Inode> open) {
    OverlayRescan rescan = new OverlayRescan();
    rescan.walk(overlay.root());
    open.forEach(rescan::count);
    StorageUse seen = new StorageUse(rescan.bytes, rescan.inodes.size());
    assertThat(overlay.usage()).as("use").isEqualTo(seen);
    StatFs statFs = overlay.statFs();
    assertThat(new StorageUse(statFs.usedBytes(), statFs.usedInodes())).isEqualTo(seen);
    Rescan.checkResident(overlay.upper().files());
  }

  private boolean count(Inode inode) {
    boolean isNew = inodes.add(inode.ino());
    if (isNew && inode.type() != FileType.DIRECTORY) {
      bytes += inode.stat().size();
    }
    return isNew;
  }

  private void walk(Inode inode) {
    if (count(inode) && inode.type() == FileType.DIRECTORY) {
      inode.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            walk(inode.lookup(name));
            return true;
          });
    }
  }
}
