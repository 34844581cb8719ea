package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EROFS;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemorySnapshotTest {
  private static final NewInode REGULAR = NewInode.regular(0644, 0, 0);

  private final MemoryFileSystem original = new MemoryFileSystem(StorageLimits.unlimited());

  private static Inode write(MemoryFileSystem fileSystem, String name, String text) {
    Inode file = fileSystem.root().create(name, REGULAR);
    byte[] bytes = text.getBytes(UTF_8);
    file.write(0, bytes, 0, bytes.length);
    return file;
  }

  private static void overwrite(Inode file, String text) {
    file.truncate(0);
    byte[] bytes = text.getBytes(UTF_8);
    file.write(0, bytes, 0, bytes.length);
  }

  private static String read(MemoryFileSystem fileSystem, String name) {
    Inode file = fileSystem.root().lookup(name);
    byte[] bytes = new byte[(int) file.size()];
    return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), UTF_8);
  }

  @Test
  void fork_starts_from_the_frozen_state_and_goes_its_own_way() {
    Inode f = write(original, "f", "one");
    MemorySnapshot snapshot = original.snapshot();
    overwrite(f, "two");
    MemoryFileSystem fork = snapshot.fork();
    overwrite(fork.root().lookup("f"), "three");
    fork.root().create("g", REGULAR);
    assertThat(read(original, "f")).isEqualTo("two");
    assertThat(read(fork, "f")).isEqualTo("three");
    assertThat(read(snapshot.fork(), "f")).isEqualTo("one");
    assertFails(ENOENT, () -> original.root().lookup("g"));
    assertThat(fork.device()).isNotEqualTo(original.device());
    Rescan.check(original);
    Rescan.check(fork);
  }

  @Test
  void writing_into_part_of_a_shared_block_keeps_the_other_part() {
    Inode f = write(original, "f", "0123456789");
    MemoryFileSystem fork = original.snapshot().fork();
    f.write(2, "ab".getBytes(UTF_8), 0, 2);
    fork.root().lookup("f").write(4, "cd".getBytes(UTF_8), 0, 2);
    assertThat(read(original, "f")).isEqualTo("01ab456789");
    assertThat(read(fork, "f")).isEqualTo("0123cd6789");
  }

  @Test
  void open_unlinked_files_stay_behind() {
    Inode f = write(original, "f", "secret");
    f.opened();
    original.root().unlink("f", f);
    Inode unnamed = original.root().createUnnamed(REGULAR);
    unnamed.opened();
    MemoryFileSystem fork = original.snapshot().fork();
    assertThat(fork.ledger().inodes()).isEqualTo(1);
    assertThat(fork.ledger().bytes()).isZero();
    Rescan.check(fork);
    assertThat(original.ledger().inodes()).isEqualTo(3);
    original.root().link("back", unnamed);
    unnamed.closed();
    f.closed();
    assertThat(original.ledger().inodes()).isEqualTo(2);
    Rescan.check(original);
  }

  @Test
  void forks_take_limits_of_their_own() {
    write(original, "f", "0123456789");
    MemoryFileSystem fork = original.snapshot().fork(new StorageLimits(5, 1, 1));
    assertFails(Errno.ENOSPC, () -> fork.root().create("g", REGULAR));
    fork.root().lookup("f").truncate(3);
    assertThat(fork.ledger().bytes()).isEqualTo(3);
  }

  @Test
  void read_only_view_shows_everything_and_changes_nothing() {
    write(original, "f", "text");
    MemoryFileSystem view = original.snapshot().readOnly();
    Inode f = view.root().lookup("f");
    long access = f.stat().accessTime();
    assertThat(read(view, "f")).isEqualTo("text");
    assertThat(view.readOnly()).isTrue();
    assertThat(f.stat().accessTime()).isEqualTo(access);
    assertFails(EROFS, () -> f.write(0, new byte[1], 0, 1));
    assertFails(EROFS, () -> f.truncate(0));
    assertFails(EROFS, () -> f.setXattr("user.a", new byte[0], 0));
    assertFails(EROFS, () -> f.setAttributes(AttributeChange.mode(0)));
    assertFails(EROFS, () -> view.root().create("g", REGULAR));
    assertFails(EROFS, () -> view.root().unlink("f", f));
  }

  @Test
  void numbers_of_files_stay_the_same_in_forks_and_new_ones_are_not_reused() {
    Inode f = write(original, "f", "x");
    MemoryFileSystem fork = original.snapshot().fork();
    assertThat(fork.root().lookup("f").ino()).isEqualTo(f.ino());
    Inode g = fork.root().create("g", REGULAR);
    fork.root().unlink("g", g);
    assertThat(fork.root().create("h", REGULAR).ino()).isGreaterThan(g.ino());
  }

  @Test
  void many_generations_stay_apart() {
    List<MemorySnapshot> generations = new ArrayList<>();
    MemoryFileSystem current = original;
    for (int i = 0; i < 100; i++) {
      write(current, "f" + i, "generation " + i);
      overwrite(current.root().lookup("f" + i / 2), "rewritten " + i);
      generations.add(current.snapshot());
      if (i % 3 == 0) {
        current = generations.get(i).fork();
      }
    }
    for (int i = 0; i < 100; i++) {
      MemoryFileSystem fork = generations.get(i).fork();
      assertThat(read(fork, "f" + i / 2)).isEqualTo("rewritten " + i);
      assertThat(read(fork, "f" + i)).isEqualTo(i == 0 ? "rewritten 0" : "generation " + i);
      assertThat(fork.ledger().inodes()).isEqualTo(i + 2L);
      Rescan.check(fork);
    }
  }

  @Test
  void handle_that_is_dropped_without_being_closed_does_not_keep_its_file() throws Exception {
    original.root().createUnnamed(REGULAR);
    long deadline = System.nanoTime() + 20_000_000_000L;
    while (original.ledger().inodes() > 1 && System.nanoTime() < deadline) {
      System.gc();
      Thread.sleep(10);
      Inode f = original.root().create("f", REGULAR);
      original.root().unlink("f", f);
    }
    assertThat(original.ledger().inodes()).isEqualTo(1);
    Rescan.check(original);
  }
}
