package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.limit.StorageUse;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an overlay says is in it, and what its limits hold against. */
class OverlayUseTest {
  private static final int BASE = 1 << 20;
  private static final StorageLimits SMALL = new StorageLimits(1000, 2, 4L << 20);

  private final MemoryFileSystem lower = new MemoryFileSystem(StorageLimits.unlimited());
  private final Inode directory = lower.root().create("d", NewInode.directory(0755, 0, 0));
  private final Inode big = directory.create("big", NewInode.regular(0644, 0, 0));

  private OverlayFileSystem overlay() {
    big.truncate(BASE);
    big.write(0, new byte[4096], 0, 4096);
    return new OverlayFileSystem(LowerLayers.of(List.of(lower.root())), SMALL);
  }

  private static Inode big(OverlayFileSystem overlay) {
    return overlay.root().lookup("d").lookup("big");
  }

  @Test
  void base_larger_than_the_quota_can_be_changed_and_replaced_but_not_outgrown() {
    OverlayFileSystem overlay = overlay();
    StorageUse atFirst = new StorageUse(BASE, 3);
    assertThat(overlay.usage()).isEqualTo(atFirst);
    assertThat(overlay.statFs().freeBytes()).isEqualTo(1000);
    big(overlay).write(100, new byte[10], 0, 10);
    assertThat(overlay.usage()).isEqualTo(atFirst);
    assertThat(big(overlay).append(new byte[2000], 0, 1000)).isEqualTo(BASE + 1000);
    assertFails(ENOSPC, () -> big(overlay).append(new byte[1], 0, 1));
    big(overlay).truncate(0);
    assertThat(overlay.statFs().freeBytes()).isEqualTo(BASE + 1000);
    big(overlay).truncate(BASE + 1000);
    assertFails(ENOSPC, () -> big(overlay).truncate(BASE + 1001));
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void a_change_that_does_not_fit_leaves_all_times_of_a_file_of_the_base() {
    for (long hostMemory : new long[] {4L << 20, 20_000}) { // too much; not even the contents fit
      big.truncate(BASE);
      big.write(0, new byte[100_000], 0, 100_000);
      OverlayFileSystem overlay =
          new OverlayFileSystem(
              LowerLayers.of(List.of(lower.root())), new StorageLimits(1000, 2, hostMemory));
      Stat before = big(overlay).stat();
      assertFails(ENOSPC, () -> big(overlay).truncate(BASE + 1001));
      assertFails(ENOSPC, () -> big(overlay).write(BASE + 1000, new byte[1], 0, 1));
      Stat after = big(overlay).stat();
      assertThat(after.changeTime()).isEqualTo(before.changeTime());
      assertThat(after.modificationTime()).isEqualTo(before.modificationTime());
      assertThat(after.accessTime()).isEqualTo(before.accessTime());
      assertThat(after.size()).isEqualTo(BASE);
      OverlayRescan.check(overlay, List.of());
    }
  }

  @Test
  void whole_directory_moves_in_a_full_overlay_and_counts_nothing() {
    OverlayFileSystem overlay = overlay();
    Inode root = overlay.root();
    root.create("one", NewInode.regular(0644, 0, 0)).truncate(1000);
    root.create("two", NewInode.directory(0755, 0, 0));
    assertFails(ENOSPC, () -> root.create("three", NewInode.regular(0644, 0, 0)));
    StorageUse full = overlay.usage();
    root.rename("d", root.lookup("d"), root.lookup("two"), "moved", null, 0);
    assertThat(overlay.usage()).isEqualTo(full);
    Inode one = root.lookup("one");
    Inode moved = root.lookup("two").lookup("moved");
    moved.rename("big", moved.lookup("big"), root, "one", one, 0);
    assertThat(overlay.usage()).isEqualTo(new StorageUse(BASE, 4));
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void file_of_the_base_counts_until_it_is_closed_but_not_in_forks() {
    OverlayFileSystem overlay = overlay();
    Inode open = big(overlay);
    open.opened();
    overlay.root().lookup("d").unlink("big", open);
    assertThat(overlay.usage()).isEqualTo(new StorageUse(BASE, 3));
    assertThat(overlay.snapshot().fork().usage()).isEqualTo(new StorageUse(0, 2));
    open.closed();
    assertThat(overlay.usage()).isEqualTo(new StorageUse(0, 2));
  }

  @Test
  void copy_of_a_file_with_hidden_hard_links_goes_with_its_last_visible_name() {
    MemoryFileSystem above = new MemoryFileSystem(StorageLimits.unlimited());
    above.root().create("hidden", NewInode.regular(0644, 0, 0));
    lower.root().link("hidden", big);
    lower.root().link("seen", big);
    big.truncate(BASE);
    LowerLayers layers = LowerLayers.of(List.of(above.root(), lower.root()));
    OverlayFileSystem overlay = new OverlayFileSystem(layers, SMALL);
    assertThat(overlay.usage()).isEqualTo(new StorageUse(BASE, 4));
    Inode file = big(overlay);
    overlay.root().unlink("seen", file);
    assertThat(overlay.usage()).isEqualTo(new StorageUse(BASE, 4));
    overlay.root().lookup("d").unlink("big", file);
    assertThat(overlay.usage()).isEqualTo(new StorageUse(0, 3));
    assertThat(overlay.ledger().bytes()).isEqualTo(-BASE);
  }
}
