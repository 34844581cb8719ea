package io.vivarium.kernel.limit;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.Rescan;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.kernel.syscall.FileCalls;
import io.vivarium.kernel.syscall.SystemCalls;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A process that tries to store more than its machine's quota, by every way there is to make
 * something grow: each ends with ENOSPC, and the call that fails leaves everything as it was.
 */
class QuotaAttackTest {
  private static final int BYTES = 64 << 10;
  private static final int INODES = 40;

  /** More steps than any attack can take; who takes them all has got around the quota. */
  private static final int TOO_MANY = 5_000;

  private static final int NEW = OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_RDWR;
  private static final String LONG_NAME = "n".repeat(240);

  private final MemoryFileSystem root = new MemoryFileSystem(StorageLimits.of(BYTES, INODES));
  private final Kernel kernel = new Kernel(root, KernelOptions.DEFAULT);
  private final SystemCalls calls = new SystemCalls(kernel, kernel.processes().init());
  private final FileCalls files = calls.files();
  private final DescriptorCalls descriptors = calls.descriptors();

  private interface Step {
    void take(int number);
  }

  @AfterEach
  void close() {
    Rescan.check(root);
    kernel.close();
    Rescan.check(root);
  }

  private int create(String path) {
    return files.open(AT_FDCWD, path, NEW, 0600);
  }

  /** Takes steps until one finds no room; answers how many did. */
  private int exhaust(Step step) {
    StorageLedger ledger = root.ledger();
    for (int i = 0; i < TOO_MANY; i++) {
      StorageUse before = ledger.use();
      long resident = ledger.residentBytes();
      try {
        step.take(i);
      } catch (ErrnoException e) {
        assertThat(e.errno()).isEqualTo(ENOSPC);
        assertThat(ledger.use()).isEqualTo(before);
        assertThat(ledger.residentBytes()).isEqualTo(resident);
        Rescan.check(root);
        return i;
      }
      assertThat(ledger.bytes()).isLessThanOrEqualTo(BYTES);
      assertThat(ledger.inodes()).isLessThanOrEqualTo(INODES);
      assertThat(ledger.residentBytes()).isLessThanOrEqualTo(ledger.limits().residentBytes());
    }
    throw new AssertionError("no limit after " + TOO_MANY + " steps");
  }

  private void write(int fd, long position, int length) {
    assertThat(descriptors.pwrite(fd, position, new byte[length], 0, length)).isEqualTo(length);
  }

  // ---- bytes ----------------------------------------------------------------------------------

  @Test
  void hole_counts_like_data_so_a_sparse_file_cannot_be_filled_later() {
    int fd = create("/sparse");
    assertFails(ENOSPC, () -> descriptors.truncate(fd, BYTES + 1));
    assertFails(ENOSPC, () -> descriptors.truncate(fd, Long.MAX_VALUE));
    assertThat(descriptors.stat(fd).size()).isZero();
    descriptors.truncate(fd, BYTES);
    write(fd, BYTES - 10, 10);
    assertFails(ENOSPC, () -> descriptors.pwrite(fd, BYTES, new byte[1], 0, 1));
    assertFails(ENOSPC, () -> files.symlink("x", AT_FDCWD, "/link"));
    assertFails(ENOENT, () -> files.readlink(AT_FDCWD, "/link"));
  }

  @Test
  void write_behind_a_seek_is_held_to_where_it_ends() {
    int fd = create("/far");
    assertThat(descriptors.seek(fd, BYTES, Whence.SET)).isEqualTo(BYTES);
    assertFails(ENOSPC, () -> descriptors.write(fd, new byte[1], 0, 1));
    assertFails(ENOSPC, () -> descriptors.pwrite(fd, 1L << 60, new byte[1], 0, 1));
    assertFails(EFBIG, () -> descriptors.pwrite(fd, Long.MAX_VALUE, new byte[1], 0, 1));
    assertThat(descriptors.stat(fd).size()).isZero();
  }

  @Test
  void reserving_is_bounded_also_where_the_size_does_not_change() {
    int fd = create("/reserved");
    assertFails(ENOSPC, () -> descriptors.allocate(fd, AllocateMode.RESERVE, 0, BYTES + 1));
    int steps =
        exhaust(i -> descriptors.allocate(fd, AllocateMode.RESERVE_KEEP_SIZE, i * 4096L, 4096));
    assertThat(steps * 4096L).isLessThan(root.ledger().limits().residentBytes());
    assertThat(descriptors.stat(fd).size()).isZero();
  }

  @Test
  void inserting_ranges_is_growth() {
    int fd = create("/inserted");
    write(fd, 0, 4097);
    int steps = exhaust(i -> descriptors.allocate(fd, AllocateMode.INSERT_RANGE, 4096, 4096));
    assertThat(steps).isEqualTo(BYTES / 4096 - 2);
  }

  @Test
  void punched_holes_give_back_no_bytes_to_write_elsewhere() {
    int fd = create("/punched");
    write(fd, 0, BYTES);
    descriptors.allocate(fd, AllocateMode.PUNCH_HOLE, 0, BYTES);
    int other = create("/other");
    assertFails(ENOSPC, () -> descriptors.write(other, new byte[1], 0, 1));
  }

  @Test
  void unlinked_files_count_while_they_are_open() {
    int[] gone = new int[BYTES / 4096 + 1];
    for (int i = 0; i < gone.length; i++) {
      gone[i] = create("/gone");
      files.unlink(AT_FDCWD, "/gone");
    }
    int steps = exhaust(i -> write(gone[i], 0, 4096));
    assertThat(steps).isEqualTo(BYTES / 4096);
    descriptors.closeFrom(0);
    assertThat(root.ledger().use()).isEqualTo(new StorageUse(0, 1));
  }

  @Test
  void symlink_targets_count() {
    String target = "t".repeat(4000);
    assertThat(exhaust(i -> files.symlink(target, AT_FDCWD, "/link-" + i))).isEqualTo(BYTES / 4000);
  }

  // ---- inodes ---------------------------------------------------------------------------------

  @Test
  void every_kind_of_file_takes_an_inode() {
    int steps =
        exhaust(i -> {
          switch (i % 4) {
            case 0 -> files.mkdir(AT_FDCWD, "/f" + i, 0700);
            case 1 -> files.mknod(AT_FDCWD, "/f" + i, 0010600, 0);
            case 2 -> files.symlink("t", AT_FDCWD, "/f" + i);
            default -> files.open(AT_FDCWD, "/", OpenFlags.O_TMPFILE | OpenFlags.O_RDWR, 0600);
          }
        });
    assertThat(steps).isGreaterThan(1);
  }

  @Test
  void deep_trees_take_an_inode_for_each_directory() {
    StringBuilder path = new StringBuilder();
    int steps = exhaust(i -> files.mkdir(AT_FDCWD, path.append("/d").toString(), 0700));
    assertThat(steps).isEqualTo(INODES - 1);
  }

  @Test
  void files_without_names_count() {
    int flags = OpenFlags.O_TMPFILE | OpenFlags.O_RDWR;
    assertThat(exhaust(i -> files.open(AT_FDCWD, "/", flags, 0600))).isEqualTo(INODES - 1);
  }

  // ---- what neither bytes nor inodes tell -------------------------------------------------------

  @Test
  void names_of_one_file_are_bounded_by_what_they_take_on_the_host() {
    create("/file");
    int steps = exhaust(i -> files.link(AT_FDCWD, "/file", AT_FDCWD, "/" + LONG_NAME + i, 0));
    assertThat(steps * 240L).isLessThan(root.ledger().limits().residentBytes());
  }

  @Test
  void longer_names_by_rename_are_bounded_too() {
    create("/file");
    exhaust(i -> files.link(AT_FDCWD, "/file", AT_FDCWD, "/" + i, 0));
    int steps = exhaust(i -> files.rename(AT_FDCWD, "/" + i, AT_FDCWD, "/" + LONG_NAME + i, 0));
    assertThat(steps).isLessThan(10);
  }

  @Test
  void extended_attributes_are_bounded_by_what_they_take_on_the_host() {
    create("/file");
    byte[] value = new byte[1000];
    int steps = exhaust(i -> calls.xattrs().set(AT_FDCWD, "/file", "user.a" + i, value, 0, true));
    assertThat(steps * 1000L).isLessThan(root.ledger().limits().residentBytes());
  }

  @Test
  void one_byte_in_every_block_of_many_files_is_bounded() {
    int fd = create("/thin");
    descriptors.truncate(fd, BYTES);
    for (long position = 0; position < BYTES; position += 4096) {
      write(fd, position, 1);
    }
    assertThat(root.ledger().bytes()).isEqualTo(BYTES);
    assertThat(root.ledger().residentBytes())
        .isLessThanOrEqualTo(root.ledger().limits().residentBytes());
  }

  // ---- ways around ----------------------------------------------------------------------------

  @Test
  void renaming_over_files_gives_back_only_the_replaced_one() {
    int kept = create("/kept");
    write(kept, 0, BYTES / 2);
    int replaced = create("/replaced");
    write(replaced, 0, BYTES / 2);
    files.link(AT_FDCWD, "/replaced", AT_FDCWD, "/second", 0);
    files.rename(AT_FDCWD, "/kept", AT_FDCWD, "/replaced", 0);
    assertFails(ENOSPC, () -> descriptors.pwrite(kept, BYTES / 2, new byte[1], 0, 1));
    files.unlink(AT_FDCWD, "/second");
    assertFails(ENOSPC, () -> descriptors.pwrite(kept, BYTES / 2, new byte[1], 0, 1));
    descriptors.close(replaced); // The last user; now it is gone.
    write(kept, BYTES / 2, BYTES / 2);
  }

  @Test
  void forks_start_with_what_was_there_and_have_no_more_room_than_that() {
    int fd = create("/file");
    write(fd, 0, BYTES - 1);
    files.unlink(AT_FDCWD, "/file");
    create("/named");
    MemoryFileSystem fork = root.snapshot().fork();
    Rescan.check(fork);
    assertThat(fork.ledger().use()).isEqualTo(new StorageUse(0, 2));
    fork.root().lookup("named").truncate(BYTES);
    assertFails(ENOSPC, () -> fork.root().lookup("named").append(new byte[1], 0, 1));
    write(fd, BYTES - 1, 1); // What a fork does is its own.
    assertFails(ENOSPC, () -> descriptors.pwrite(fd, BYTES, new byte[1], 0, 1));
  }

  @Test
  void truncating_open_frees_and_a_failing_one_does_not() {
    int fd = create("/file");
    write(fd, 0, BYTES);
    assertFails(ENOSPC, () -> descriptors.write(create("/other"), new byte[1], 0, 1));
    files.open(AT_FDCWD, "/file", OpenFlags.O_WRONLY | OpenFlags.O_TRUNC, 0);
    StatFs statFs = files.statfs(AT_FDCWD, "/");
    assertThat(statFs.usedBytes()).isZero();
    assertThat(statFs.usedInodes()).isEqualTo(3);
    assertThat(statFs.freeBytes()).isEqualTo(BYTES);
  }

  @Test
  void the_real_error_wins_over_a_full_machine() {
    exhaust(i -> create("/f" + i));
    assertFails(ENOENT, () -> create("/missing/f"));
    assertFails(EEXIST, () -> create("/f0"));
    assertFails(ENOTDIR, () -> create("/f0/f"));
    assertFails(EISDIR, () -> files.open(AT_FDCWD, "/", OpenFlags.O_RDWR, 0));
  }
}
