package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EROFS;
import static io.vivarium.kernel.fs.FileSystemContract.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Options, descriptors and memory of a mounted host directory. */
@Timeout(60)
class HostDirectoryFileSystemTest {
  private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  @TempDir Path directory;
  private HostDirectoryFileSystem fileSystem;
  private Inode root;

  @BeforeEach
  void open() throws IOException {
    open(HostDirectoryOptions.defaults());
  }

  private void open(HostDirectoryOptions options) throws IOException {
    fileSystem = HostDirectoryFileSystem.open(directory, options);
    root = fileSystem.root();
  }

  @AfterEach
  void close() {
    fileSystem.close();
  }

  private static String read(Inode file) {
    byte[] bytes = new byte[200];
    return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), UTF_8);
  }

  private static int hostDescriptors() throws IOException {
    try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return (int) descriptors.count();
    }
  }

  // ---- options ---------------------------------------------------------------------------------

  @Test
  void read_only_mount_refuses_every_change() throws Exception {
    Files.writeString(directory.resolve("f"), "kept");
    Files.createDirectory(directory.resolve("d"));
    Files.createSymbolicLink(directory.resolve("l"), Path.of("f"));
    fileSystem.close();
    open(HostDirectoryOptions.defaults().asReadOnly());
    Inode file = root.lookup("f");
    Inode dir = root.lookup("d");
    byte[] one = {1};
    Map<String, ThrowingCallable> changes = new LinkedHashMap<>();
    changes.put("open", () -> file.prepareOpen(OpenFlags.O_RDWR));
    changes.put("open O_TRUNC", () -> file.prepareOpen(OpenFlags.O_TRUNC));
    changes.put("write", () -> file.write(0, one, 0, 1));
    changes.put("append", () -> file.append(one, 0, 1));
    changes.put("truncate", () -> file.truncate(0));
    changes.put("allocate", () -> file.allocate(AllocateMode.RESERVE, 0, 1));
    changes.put("chmod", () -> file.setAttributes(AttributeChange.mode(0600)));
    changes.put("chown", () -> file.setAttributes(AttributeChange.owner(1000, 1000, 0600)));
    changes.put("utimens", () -> file.setAttributes(AttributeChange.times(1, 1)));
    changes.put("setxattr", () -> file.setXattr("user.a", one, 0));
    changes.put("removexattr", () -> file.removeXattr("user.a"));
    changes.put("create", () -> root.create("n", NewInode.regular(0644, 0, 0)));
    changes.put("mkdir", () -> root.create("n", NewInode.directory(0755, 0, 0)));
    changes.put("symlink", () -> root.create("n", NewInode.symlink("f", 0, 0)));
    changes.put("O_TMPFILE", () -> root.createUnnamed(NewInode.regular(0644, 0, 0)));
    changes.put("link", () -> root.link("n", file));
    changes.put("unlink", () -> root.unlink("f", file));
    changes.put("rmdir", () -> root.rmdir("d", dir));
    changes.put("rename", () -> root.rename("f", file, root, "n", null, 0));
    for (Map.Entry<String, ThrowingCallable> change : changes.entrySet()) {
      assertThatThrownBy(change.getValue()).as(change.getKey()).isSameAs(EROFS.exception());
    }
    assertThat(fileSystem.readOnly()).isTrue();
    assertThat(read(file)).isEqualTo("kept");
    assertThat(root.lookup("l").readLink()).isEqualTo("f");
    try (var names = Files.list(directory)) {
      assertThat(names.map(path -> path.getFileName().toString()))
          .containsExactlyInAnyOrder("f", "d", "l");
    }
  }

  @Test
  void guests_cannot_make_the_directory_grow_beyond_the_limit() throws IOException {
    Files.write(directory.resolve("before"), new byte[50_000]);
    fileSystem.close();
    open(HostDirectoryOptions.defaults().withGrowth(100_000));
    long name = GrowthLimit.NAME_BYTES;
    Inode file = root.create("f", NewInode.regular(0644, 0, 0));
    byte[] data = new byte[80_000];
    assertThat(file.write(0, data, 0, 80_000)).isEqualTo(80_000);
    assertThat(file.write(0, data, 0, 80_000)).isEqualTo(80_000);
    assertThat(fileSystem.growthLeft()).isEqualTo(20_000 - name);
    assertThat(file.append(data, 0, 80_000)).isEqualTo(100_000 - name);
    assertThat(fileSystem.growthLeft()).isZero();
    assertThat(fileSystem.statFs().freeBytes()).isZero();
    assertFails(ENOSPC, () -> file.append(data, 0, 1));
    assertFails(ENOSPC, () -> file.write(1L << 40, data, 0, 1));
    assertFails(ENOSPC, () -> file.truncate(1L << 40));
    assertFails(ENOSPC, () -> file.allocate(AllocateMode.RESERVE, 0, 1 << 20));
    assertFails(EOPNOTSUPP, () -> file.allocate(AllocateMode.RESERVE_KEEP_SIZE, 0, 1 << 20));
    assertFails(ENOSPC, () -> root.create("g", NewInode.directory(0755, 0, 0)));
    assertFails(ENOSPC, () -> root.link("g", file));
    file.truncate(90_000);
    assertThat(fileSystem.growthLeft()).isEqualTo(10_000 - name);
    root.create("g", NewInode.symlink("f", 0, 0));
    root.unlink("g", root.lookup("g"));
    assertThat(fileSystem.growthLeft()).isEqualTo(10_000 - name);
  }

  @Test
  void what_guests_remove_makes_room_once_nobody_uses_it() throws IOException {
    Files.write(directory.resolve("before"), new byte[50_000]);
    fileSystem.close();
    open(HostDirectoryOptions.defaults().withGrowth(100_000));
    long name = GrowthLimit.NAME_BYTES;
    Inode file = root.create("f", NewInode.regular(0644, 0, 0));
    byte[] data = new byte[30_000];
    file.write(0, data, 0, 30_000);
    Inode before = root.lookup("before");
    before.opened();
    root.rename("f", file, root, "before", before, 0);
    assertThat(fileSystem.growthLeft()).isEqualTo(70_000);
    before.closed();
    assertThat(fileSystem.growthLeft()).isEqualTo(120_000);
    root.link("second", file);
    root.unlink("before", file);
    assertThat(fileSystem.growthLeft()).isEqualTo(120_000);
    root.unlink("second", file);
    assertThat(fileSystem.growthLeft()).isEqualTo(150_000 + name);
    Inode unnamed = root.createUnnamed(NewInode.regular(0600, 0, 0));
    unnamed.opened();
    unnamed.write(0, data, 0, 30_000);
    assertThat(fileSystem.growthLeft()).isEqualTo(120_000 + name);
    unnamed.closed();
    assertThat(fileSystem.growthLeft()).isEqualTo(150_000 + name);
  }

  @Test
  void files_are_shown_with_one_owner_who_cannot_give_them_away() throws IOException {
    Files.writeString(directory.resolve("f"), "");
    Inode file = root.lookup("f");
    assertThat(file.uid()).isEqualTo(1000);
    assertThat(file.stat().gid()).isEqualTo(1000);
    file.setAttributes(AttributeChange.owner(1000, AttributeChange.KEEP, AttributeChange.KEEP));
    assertFails(EPERM, () -> file.setAttributes(AttributeChange.owner(0, 0, 0644)));
    fileSystem.close();
    open(HostDirectoryOptions.defaults().ownedBy(0, 5));
    assertThat(root.lookup("f").stat().uid()).isZero();
    assertThat(root.lookup("f").gid()).isEqualTo(5);
  }

  @Test
  void owners_of_the_host_are_shown_on_demand() throws IOException {
    fileSystem.close();
    open(HostDirectoryOptions.defaults().withHostOwners());
    int uid = (int) Files.getAttribute(directory, "unix:uid");
    int gid = (int) Files.getAttribute(directory, "unix:gid");
    assertThat(root.uid()).isEqualTo(uid);
    assertThat(root.stat().gid()).isEqualTo(gid);
    Inode file = root.create("f", NewInode.regular(0644, uid, gid));
    assertThat(file.uid()).isEqualTo(uid);
  }

  @Test
  void modes_are_exact_whatever_the_umask_of_the_jvm() {
    for (int mode : new int[] {0, 0600, 0666, 0777, 01777, 0444}) {
      assertThat(root.create("f" + mode, NewInode.regular(mode, 0, 0)).mode())
          .isEqualTo(0100000 | mode);
      assertThat(root.create("d" + mode, NewInode.directory(mode, 0, 0)).mode())
          .isEqualTo(0040000 | mode);
    }
  }

  @Test
  void file_created_without_write_permission_can_be_written_by_its_creator() {
    Inode file = root.create("object", NewInode.regular(0444, 0, 0));
    file.prepareOpen(OpenFlags.O_WRONLY);
    file.opened();
    assertThat(file.write(0, new byte[10], 0, 10)).isEqualTo(10);
    file.closed();
  }

  @Test
  void only_directories_of_the_host_can_be_opened() throws IOException {
    Path file = Files.createFile(directory.resolve("f"));
    assertThatThrownBy(() -> HostDirectoryFileSystem.open(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> HostDirectoryFileSystem.open(file))
        .isInstanceOf(NotDirectoryException.class);
    Path zip = directory.resolve("z.zip");
    try (var provider = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      assertThatThrownBy(() -> HostDirectoryFileSystem.open(provider.getPath("/")))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThatThrownBy(() -> HostDirectoryOptions.defaults().withDescriptors(3))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> HostDirectoryOptions.defaults().ownedBy(-1, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void directory_whose_name_is_not_ascii_can_be_opened() throws IOException {
    Path strange = Files.createDirectory(directory.resolve("a b%20#?"));
    Files.writeString(strange.resolve("f"), "found");
    try (HostDirectoryFileSystem other = HostDirectoryFileSystem.open(strange)) {
      assertThat(read(other.root().lookup("f"))).isEqualTo("found");
    }
  }

  // ---- descriptors -----------------------------------------------------------------------------

  @Test
  void walking_ten_thousand_directories_keeps_few_descriptors() throws Exception {
    for (int i = 0; i < 100; i++) {
      for (int k = 0; k < 100; k++) {
        Files.createDirectories(directory.resolve(i + "/" + k));
      }
    }
    int before = hostDescriptors();
    int most = before;
    List<Inode> held = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      Inode middle = root.lookup(String.valueOf(i));
      for (int k = 0; k < 100; k++) {
        Inode leaf = middle.lookup(String.valueOf(k));
        leaf.readDirectory(0, (name, ino, type, cookie) -> false);
        held.add(leaf);
      }
      most = Math.max(most, hostDescriptors());
    }
    assertThat(most - before).isLessThan(DescriptorTable.MOST_IDLE + 32);
    // Every one of them still works, and is still the same object.
    for (int i = 0; i < held.size(); i += 97) {
      Inode leaf = held.get(i);
      leaf.create("f", NewInode.regular(0644, 0, 0));
      assertThat(leaf.link()).isNotNull();
      assertThat(leaf.parent().lookup(leaf.link().name())).isSameAs(leaf);
    }
    fileSystem.close();
    assertThat(fileSystem.openDescriptors()).isZero();
    assertFails(EIO, () -> root.lookup("1"));
  }

  @Test
  void descriptors_nobody_uses_are_closed_after_a_while() throws Exception {
    for (int i = 0; i < 50; i++) {
      root.create("f" + i, NewInode.regular(0644, 0, 0));
    }
    Inode used = root.lookup("f1");
    used.opened();
    assertThat(fileSystem.openDescriptors()).isGreaterThan(40);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (fileSystem.openDescriptors() > 2 && System.nanoTime() - end < 0) {
      Thread.sleep(50);
    }
    assertThat(fileSystem.openDescriptors()).isEqualTo(2); // the root and the file in use
    used.closed();
  }

  @Test
  void files_in_use_are_limited_with_enfile() throws Exception {
    fileSystem.close();
    open(HostDirectoryOptions.defaults().withDescriptors(16));
    List<Inode> open = new ArrayList<>();
    Errno refused = null;
    for (int i = 0; i < 20 && refused == null; i++) {
      try {
        Inode file = root.create("f" + i, NewInode.regular(0644, 0, 0));
        file.prepareOpen(OpenFlags.O_RDWR);
        file.opened();
        open.add(file);
      } catch (io.vivarium.kernel.errno.ErrnoException e) {
        refused = e.errno();
      }
    }
    assertThat(refused).isEqualTo(ENFILE);
    assertThat(open).hasSizeBetween(10, 15);
    open.forEach(file -> assertThat(file.write(0, new byte[1], 0, 1)).isEqualTo(1));
    open.forEach(Inode::closed);
    assertThat(root.create("again", NewInode.regular(0644, 0, 0)).size()).isZero();
  }

  @Test
  void deep_trees_work_with_few_descriptors() throws Exception {
    fileSystem.close();
    open(HostDirectoryOptions.defaults().withDescriptors(16));
    Inode at = root;
    for (int depth = 0; depth < 300; depth++) {
      at = at.create("d", NewInode.directory(0755, 0, 0));
    }
    Inode deepest = at;
    assertThat(fileSystem.descriptors().closeIdle()).isTrue();
    Thread.sleep(150); // proofs are good for at most a tenth of a second
    Inode file = deepest.create("f", NewInode.regular(0644, 0, 0));
    assertThat(file.link()).isEqualTo(new Inode.Link(deepest, "f"));
    int up = 0;
    while (!at.equals(root)) {
      at = at.parent();
      up++;
    }
    assertThat(up).isEqualTo(300);
  }

  @Test
  void number_of_a_deleted_file_given_to_a_new_one_makes_a_new_inode() throws Exception {
    Inode old = root.create("f", NewInode.regular(0644, 0, 0));
    boolean _ = fileSystem.descriptors().closeIdle();
    Files.delete(directory.resolve("f"));
    Thread.sleep(30); // births are told apart by the clock of the host's file system
    Files.writeString(directory.resolve("f"), "new");
    Inode fresh = root.lookup("f");
    assertThat(fresh).isNotSameAs(old);
    assertThatThrownBy(old::stat).isIn(Errno.ESTALE.exception(), Errno.ENOENT.exception());
    assertThat(read(fresh)).isEqualTo("new");
  }

  @Test
  void inodes_nobody_holds_are_forgotten() throws Exception {
    for (int i = 0; i < 500; i++) {
      root.create("f" + i, NewInode.regular(0644, 0, 0));
    }
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (fileSystem.inodes().size() > 10 && System.nanoTime() - end < 0) {
      System.gc();
      Thread.sleep(20);
    }
    assertThat(fileSystem.inodes().size()).isLessThan(10);
  }

  @Test
  void interrupted_thread_reads_and_writes_as_ever() {
    Inode file = root.create("f", NewInode.regular(0644, 0, 0));
    Thread.currentThread().interrupt();
    try {
      file.append("hello".getBytes(UTF_8), 0, 5);
      assertThat(read(file)).isEqualTo("hello");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  // ---- guests among themselves -----------------------------------------------------------------

  /** Runs both until time is up; answers the first failure. */
  private static @Nullable Throwable race(Runnable one, Runnable other)
      throws InterruptedException {
    AtomicBoolean running = new AtomicBoolean(true);
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    List<Thread> threads = new ArrayList<>();
    for (Runnable step : List.of(one, other)) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                try {
                  while (running.get()) {
                    step.run();
                  }
                } catch (Throwable e) {
                  boolean _ = failure.compareAndSet(null, e);
                }
              }));
    }
    Thread.sleep(TimeUnit.NANOSECONDS.toMillis(RACE_NANOS));
    running.set(false);
    for (Thread thread : threads) {
      thread.join();
    }
    return failure.get();
  }

  @Test
  void working_directory_stays_usable_while_a_guest_renames_those_above_it() throws Exception {
    Inode a = root.create("a", NewInode.directory(0755, 0, 0));
    Inode b = a.create("b", NewInode.directory(0755, 0, 0));
    Inode cwd = b.create("cwd", NewInode.directory(0755, 0, 0));
    Inode file = cwd.create("f", NewInode.regular(0644, 0, 0));
    cwd.opened();
    Throwable failure =
        race(
            () -> {
              root.rename("a", a, root, "x", null, 0);
              a.rename("b", b, root, "y", null, 0);
              root.rename("y", b, a, "b", null, 0);
              root.rename("x", a, root, "a", null, 0);
            },
            () -> assertThat(cwd.lookup("f")).isSameAs(file));
    assertThat(failure).isNull();
    cwd.closed();
  }

  @Test
  void file_that_is_replaced_again_and_again_can_always_be_opened() throws Exception {
    root.create("f", NewInode.regular(0644, 0, 0)).write(0, "version".getBytes(UTF_8), 0, 7);
    Throwable failure =
        race(
            () -> {
              Inode next = root.create("next", NewInode.regular(0644, 0, 0));
              next.write(0, "version".getBytes(UTF_8), 0, 7);
              root.rename("next", next, root, "f", root.lookup("f"), 0);
            },
            () -> {
              Inode file = root.lookup("f");
              file.prepareOpen(OpenFlags.O_RDONLY);
              file.opened();
              assertThat(read(file)).isEqualTo("version");
              file.closed();
            });
    assertThat(failure).isNull();
  }
}
