package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StorageAccountingTest {
  private static final NewInode REGULAR = NewInode.regular(0644, 0, 0);
  private static final NewInode DIRECTORY = NewInode.directory(0755, 0, 0);

  private final MemoryFileSystem fileSystem = limited(10_000, 8, 1 << 20);
  private final StorageLedger ledger = fileSystem.ledger();
  private final Inode root = fileSystem.root();

  private static MemoryFileSystem limited(long bytes, long inodes, long resident) {
    return new MemoryFileSystem(new StorageLimits(bytes, inodes, resident));
  }

  @AfterEach
  void ledger_agrees_with_a_full_count() {
    Rescan.check(fileSystem);
  }

  private Inode file(String name, int size) {
    Inode file = root.create(name, REGULAR);
    assertThat(file.write(0, new byte[size], 0, size)).isEqualTo(size);
    return file;
  }

  private void unlink(String name) {
    root.unlink(name, root.lookup(name));
  }

  @Test
  void empty_file_system_holds_its_root() {
    assertThat(ledger.bytes()).isZero();
    assertThat(ledger.inodes()).isEqualTo(1);
    assertThat(fileSystem.statFs()).isEqualTo(new StatFs(StatFs.TMPFS_MAGIC, 10_000, 0, 8, 1));
  }

  @Test
  void sizes_count_and_directories_do_not() {
    file("f", 100);
    root.create("d", DIRECTORY);
    root.create("l", NewInode.symlink("target", 0, 0));
    root.create("p", NewInode.node(FileType.FIFO, 0600, 0, 0, 0));
    assertThat(ledger.bytes()).isEqualTo(106);
    assertThat(ledger.inodes()).isEqualTo(5);
  }

  @Test
  void hard_links_count_once_and_release_with_the_last() {
    Inode f = file("f", 100);
    root.link("g", f);
    assertThat(ledger.bytes()).isEqualTo(100);
    unlink("f");
    assertThat(ledger.bytes()).isEqualTo(100);
    unlink("g");
    assertThat(ledger.bytes()).isZero();
    assertThat(ledger.inodes()).isEqualTo(1);
  }

  @Test
  void rename_over_hard_linked_file_releases_nothing_until_last_link_goes() {
    Inode f = file("f", 100);
    root.link("g", f);
    Inode other = file("other", 7);
    root.rename("other", other, root, "f", f, 0);
    assertThat(ledger.bytes()).isEqualTo(107);
    Inode last = file("last", 1);
    root.rename("last", last, root, "g", f, 0);
    assertThat(ledger.bytes()).isEqualTo(8);
  }

  @Test
  void open_but_unlinked_files_count_until_closed() {
    Inode f = file("f", 100);
    f.opened();
    unlink("f");
    assertThat(ledger.bytes()).isEqualTo(100);
    assertThat(ledger.inodes()).isEqualTo(2);
    f.truncate(40);
    assertThat(ledger.bytes()).isEqualTo(40);
    f.closed();
    assertThat(ledger.bytes()).isZero();
    assertThat(ledger.inodes()).isEqualTo(1);
  }

  @Test
  void write_that_does_not_fit_writes_what_fits_and_then_nothing() {
    Inode f = root.create("f", REGULAR);
    assertThat(f.write(0, new byte[20_000], 0, 20_000)).isEqualTo(10_000);
    assertFails(ENOSPC, () -> f.write(10_000, new byte[1], 0, 1));
    assertThat(f.write(9_990, new byte[20], 0, 20)).isEqualTo(10);
    assertThat(f.size()).isEqualTo(10_000);
    assertThat(f.append(new byte[0], 0, 0)).isEqualTo(10_000);
    assertFails(ENOSPC, () -> f.append(new byte[1], 0, 1));
  }

  @Test
  void holes_count_like_data() {
    Inode f = root.create("f", REGULAR);
    assertFails(ENOSPC, () -> f.write(10_000, new byte[1], 0, 1));
    assertFails(ENOSPC, () -> f.truncate(10_001));
    assertThat(f.size()).isZero();
    f.truncate(10_000);
    assertThat(ledger.bytes()).isEqualTo(10_000);
    assertFails(ENOSPC, () -> f.allocate(AllocateMode.RESERVE, 9_999, 2));
    assertFails(ENOSPC, () -> f.allocate(AllocateMode.INSERT_RANGE, 0, 4096));
    f.allocate(AllocateMode.COLLAPSE_RANGE, 0, 4096);
    assertThat(ledger.bytes()).isEqualTo(10_000 - 4096);
  }

  @Test
  void inodes_run_out() {
    for (int i = 0; i < 7; i++) {
      root.create("d" + i, DIRECTORY);
    }
    assertFails(ENOSPC, () -> root.create("one more", REGULAR));
    assertFails(ENOSPC, () -> root.createUnnamed(REGULAR));
    root.rmdir("d0", root.lookup("d0"));
    root.create("one more", REGULAR);
  }

  @Test
  void the_real_error_wins_over_enospc() {
    Inode f = file("f", 10_000);
    for (int i = 0; i < 6; i++) {
      root.create("d" + i, DIRECTORY);
    }
    assertFails(EEXIST, () -> root.create("f", REGULAR));
    assertFails(EEXIST, () -> root.create("d0", NewInode.symlink("long target", 0, 0)));
    assertFails(ENOTDIR, () -> f.create("x", REGULAR));
    assertFails(EISDIR, () -> root.write(0, new byte[1], 0, 1));
    Inode gone = root.lookup("d5");
    gone.opened();
    root.rmdir("d5", gone);
    assertFails(ENOENT, () -> gone.create("x", DIRECTORY));
    gone.closed();
  }

  @Test
  void full_file_system_can_be_cleaned_up() {
    Inode f = file("f", 10_000);
    root.rename("f", f, root, "g", null, 0);
    f.allocate(AllocateMode.PUNCH_HOLE, 100, 5000);
    f.write(50, new byte[100], 0, 100);
    f.truncate(10);
    unlink("g");
    assertThat(ledger.bytes()).isZero();
  }

  @Test
  void host_memory_is_bounded_whatever_takes_it() {
    MemoryFileSystem small = limited(Long.MAX_VALUE, 1000, 100_000);
    Inode directory = small.root();
    Inode f = directory.create("f", REGULAR);
    f.setXattr("user.big", new byte[60_000], 0);
    assertFails(ENOSPC, () -> f.setXattr("user.more", new byte[60_000], 0));
    assertFails(ENOSPC, () -> f.allocate(AllocateMode.RESERVE, 0, 1L << 60));
    Rescan.check(small);
    fill(i -> f.write(i * 1_000_000L, new byte[1], 0, 1));
    Rescan.check(small);
    f.truncate(0);
    fill(i -> directory.link("n".repeat(200) + i, f));
    Rescan.check(small);
    assertThat(small.ledger().residentBytes()).isBetween(95_000L, 100_000L);
  }

  private interface Step {
    void run(int i);
  }

  private static void fill(Step step) {
    for (int i = 0; i < 100_000; i++) {
      try {
        step.run(i);
      } catch (ErrnoException e) {
        assertThat(e.errno()).isEqualTo(ENOSPC);
        return;
      }
    }
    throw new AssertionError("never full");
  }

  @Test
  void reserved_space_cannot_run_out() {
    MemoryFileSystem small = limited(100_000, 10, 100_000);
    Inode f = small.root().create("f", REGULAR);
    f.allocate(AllocateMode.RESERVE, 0, 5 * 4096);
    Inode filler = small.root().create("g", REGULAR);
    fill(i -> filler.write(i * 1000L, new byte[1000], 0, 1000));
    assertThat(f.write(0, new byte[5 * 4096], 0, 5 * 4096)).isEqualTo(5 * 4096);
    Rescan.check(small);
  }

  @Test
  void attributes_are_released_with_their_file() {
    long before = ledger.residentBytes();
    Inode f = file("f", 5);
    f.setXattr("user.a", new byte[1000], 0);
    f.setXattr("user.a", new byte[10], 0);
    f.setXattr("user.b", new byte[10], 0);
    f.removeXattr("user.a");
    Rescan.check(fileSystem);
    unlink("f");
    assertThat(ledger.residentBytes()).isEqualTo(before);
  }
}
