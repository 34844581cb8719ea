package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ELOOP;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.fs.FileSystemContract.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Guests and host processes that try to get a guest out of the directory it is shown. */
@Timeout(60)
class HostDirectoryAttackTest {
  private static final String SECRET = "the secret of the host";
  private static final long RACE_NANOS = TimeUnit.SECONDS.toNanos(3);

  @TempDir Path host;
  private Path shared;
  private Path outside;
  private HostDirectoryFileSystem fileSystem;
  private Inode root;

  @BeforeEach
  void placeSecretBesideTheSharedDirectory() throws IOException {
    shared = Files.createDirectory(host.resolve("shared"));
    outside = Files.createDirectory(host.resolve("outside"));
    Files.writeString(outside.resolve("f"), SECRET);
    Files.createDirectory(outside.resolve("sub"));
    fileSystem = HostDirectoryFileSystem.open(shared);
    root = fileSystem.root();
  }

  @AfterEach
  void closeFileSystem() {
    fileSystem.close();
  }

  /** Everything outside: names, contents, modes and times of modification. */
  private Map<String, String> outsideNow() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(outside)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        String contents = Files.isRegularFile(file) ? Files.readString(file) : "";
        found.put(
            outside.relativize(file).toString(),
            contents
                + " "
                + Files.getAttribute(file, "unix:mode")
                + " "
                + Files.getAttribute(file, "unix:lastModifiedTime")
                + " "
                + Files.getAttribute(file, "unix:nlink"));
      }
    }
    return found;
  }

  private static String read(Inode file) {
    byte[] bytes = new byte[200];
    return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), UTF_8);
  }

  /** Resolves a path as the machine does: symlinks in the machine, ".." by the inode's parent. */
  private Inode walk(String path) {
    List<String> rest = new ArrayList<>(List.of(path.split("/")));
    Inode at = root;
    int links = 0;
    while (!rest.isEmpty()) {
      String name = rest.removeFirst();
      if (name.isEmpty() || name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        at = at.parent();
        continue;
      }
      Inode next = at.lookup(name);
      if (next.type() != FileType.SYMLINK) {
        at = next;
        continue;
      }
      if (++links > 40) {
        throw ELOOP.exception();
      }
      String target = next.readLink();
      rest.addAll(0, List.of(target.split("/")));
      at = target.startsWith("/") ? root : at;
    }
    return at;
  }

  // ---- symlinks and ".." -----------------------------------------------------------------------

  @Test
  void dot_dot_of_the_root_is_the_root() {
    assertThat(root.parent()).isSameAs(root);
    assertThat(walk("../../../..")).isSameAs(root);
    assertFails(ENOENT, () -> walk("../outside/f"));
  }

  @Test
  void symlinks_that_lead_outside_on_the_host_lead_nowhere_in_the_machine() throws IOException {
    Files.createSymbolicLink(shared.resolve("absolute"), outside.resolve("f"));
    Files.createSymbolicLink(shared.resolve("relative"), Path.of("../outside/f"));
    Files.createSymbolicLink(shared.resolve("directory"), outside);
    for (String link : List.of("absolute", "relative", "directory")) {
      Inode inode = root.lookup(link);
      assertThat(inode.type()).isEqualTo(FileType.SYMLINK);
      assertFails(ENOENT, () -> walk(link));
      assertThatThrownBy(() -> read(inode)).isInstanceOf(ErrnoException.class);
      assertThatThrownBy(() -> inode.truncate(0)).isInstanceOf(ErrnoException.class);
      assertThatThrownBy(() -> inode.append(new byte[1], 0, 1)).isInstanceOf(ErrnoException.class);
    }
    assertFails(ENOTDIR, () -> root.lookup("directory").lookup("f"));
  }

  @Test
  void changes_through_a_symlink_change_the_symlink() throws IOException {
    Map<String, String> before = outsideNow();
    Inode link = root.create("l", NewInode.symlink(outside.resolve("f").toString(), 1000, 1000));
    assertThatThrownBy(() -> link.setAttributes(AttributeChange.mode(0777)))
        .isInstanceOf(ErrnoException.class);
    link.setAttributes(AttributeChange.times(5_000_000_000L, 6_000_000_000L));
    assertThat(link.stat().modificationTime()).isEqualTo(6_000_000_000L);
    root.link("hard", link);
    assertThat(root.lookup("hard")).isSameAs(link);
    assertThatThrownBy(() -> link.setXattr("user.a", new byte[1], 0))
        .isInstanceOf(ErrnoException.class);
    root.rename("l", link, root, "m", null, 0);
    root.unlink("m", link);
    root.unlink("hard", link);
    assertThat(outsideNow()).isEqualTo(before);
  }

  @Test
  void loops_of_symlinks_end() {
    root.create("a", NewInode.symlink("b", 1000, 1000));
    root.create("b", NewInode.symlink("a", 1000, 1000));
    assertFails(ELOOP, () -> walk("a/x"));
  }

  // ---- races -----------------------------------------------------------------------------------

  /** What guests do all the time while the host swaps things under them. */
  private List<Callable<Object>> guestActions() {
    AtomicLong serial = new AtomicLong();
    byte[] mark = "written by a guest".getBytes(UTF_8);
    return List.of(
        () -> read(walk("d/f")),
        () -> walk("d/f").write(0, mark, 0, mark.length),
        () -> walk("d/f").append(mark, 0, mark.length),
        () -> {
          walk("d/f").truncate(3);
          return "";
        },
        () -> {
          walk("d/f").setAttributes(AttributeChange.mode(0600));
          return "";
        },
        () -> {
          walk("d/f").setAttributes(AttributeChange.times(1, 1));
          return "";
        },
        () -> walk("d").create("guest" + serial.incrementAndGet(), NewInode.regular(0644, 0, 0)),
        () -> walk("d").create("made" + serial.incrementAndGet(), NewInode.directory(0755, 0, 0)),
        () -> walk("d").create("sym" + serial.incrementAndGet(), NewInode.symlink("f", 0, 0)),
        () -> {
          Inode directory = walk("d");
          directory.link("hard" + serial.incrementAndGet(), walk("d/f"));
          return "";
        },
        () -> {
          Inode directory = walk("d");
          directory.rename("f", walk("d/f"), directory, "f2", null, 0);
          directory.rename("f2", walk("d/f2"), directory, "f", null, 0);
          return "";
        },
        () -> {
          walk("d").unlink("f", walk("d/f"));
          return "";
        },
        () -> {
          walk("d").rmdir("sub", walk("d/sub"));
          return "";
        },
        () -> {
          List<String> names = new ArrayList<>();
          walk("d").readDirectory(0, (name, ino, type, cookie) -> names.add(name));
          return names;
        },
        () -> walk("d/sub").createUnnamed(NewInode.regular(0600, 0, 0)));
  }

  /** Puts back what guests took away, as far as they let it happen. */
  private static void refill(Path directory) {
    try {
      Files.writeString(directory.resolve("f"), "harmless");
      Files.createDirectories(directory.resolve("sub"));
    } catch (IOException e) {
      // A guest is at it right now; the next round will do.
    }
  }

  /** Runs guests against a host thread for a while; answers what the guests saw. */
  private Queue<String> race(Callable<Object> hostStep) throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    AtomicBoolean running = new AtomicBoolean(true);
    List<Callable<Object>> actions = guestActions();
    List<Throwable> surprises = new ArrayList<>();
    List<Thread> guests = new ArrayList<>();
    for (int g = 0; g < 2; g++) {
      int start = g;
      guests.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = start; running.get(); i++) {
                  try {
                    Object result = actions.get(i % actions.size()).call();
                    if (result instanceof String || result instanceof List<?>) {
                      seen.add(result.toString());
                    }
                  } catch (ErrnoException e) {
                    // The host is in the way; any errno will do.
                  } catch (Throwable e) {
                    synchronized (surprises) {
                      surprises.add(e);
                    }
                    return;
                  }
                }
              }));
    }
    try {
      long end = System.nanoTime() + RACE_NANOS;
      while (System.nanoTime() - end < 0) {
        Object _ = hostStep.call();
      }
    } finally {
      running.set(false);
      for (Thread guest : guests) {
        guest.join();
      }
    }
    assertThat(surprises).isEmpty();
    assertThat(seen).isNotEmpty();
    return seen;
  }

  private void assertNothingOutsideWasTouched(Map<String, String> before, Queue<String> seen)
      throws IOException {
    assertThat(seen).noneMatch(text -> text.contains("secret"));
    assertThat(outsideNow()).isEqualTo(before);
  }

  @Test
  void directory_that_the_host_swaps_with_a_symlink_never_leads_outside() throws Exception {
    Path directory = Files.createDirectory(shared.resolve("d"));
    Path parked = shared.resolve("parked");
    Path evil = Files.createSymbolicLink(shared.resolve("evil"), outside);
    Map<String, String> before = outsideNow();
    Queue<String> seen =
        race(() -> {
          refill(directory);
          Files.move(directory, parked);
          Files.move(evil, directory);
          Thread.onSpinWait();
          Files.move(directory, evil);
          Files.move(parked, directory);
          return "";
        });
    assertNothingOutsideWasTouched(before, seen);
  }

  @Test
  void file_that_the_host_swaps_with_a_symlink_never_leads_outside() throws Exception {
    Path directory = Files.createDirectory(shared.resolve("d"));
    Map<String, String> before = outsideNow();
    Queue<String> seen =
        race(() -> {
          Path file = directory.resolve("f");
          Path next = directory.resolve("next");
          refill(directory);
          Files.deleteIfExists(next);
          Files.createSymbolicLink(next, outside.resolve("f"));
          Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
          Files.writeString(next, "harmless");
          Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
          return "";
        });
    assertNothingOutsideWasTouched(before, seen);
  }

  @Test
  void guests_that_swap_directories_with_symlinks_themselves_stay_inside() throws Exception {
    directory("d");
    directory("d/sub");
    Map<String, String> before = outsideNow();
    String target = outside.toString();
    Queue<String> seen =
        race(() -> {
          refill(shared.resolve("d"));
          try {
            Inode directory = root.lookup("d");
            root.rename("d", directory, root, "parked", null, 0);
            Inode link = root.create("d", NewInode.symlink(target, 1000, 1000));
            root.unlink("d", link);
            root.rename("parked", directory, root, "d", null, 0);
          } catch (ErrnoException e) {
            return e; // another guest was faster
          }
          return "";
        });
    assertNothingOutsideWasTouched(before, seen);
  }

  private void directory(String path) throws IOException {
    Files.createDirectory(shared.resolve(path));
  }

  // ---- directories that move -------------------------------------------------------------------

  @Test
  void directory_moved_outside_while_in_use_is_cut_off() throws Exception {
    directory("d");
    directory("d/below");
    Files.writeString(shared.resolve("d/below/known"), "known");
    Inode below = walk("d/below");
    below.opened();
    assertThat(read(below.lookup("known"))).isEqualTo("known");
    Files.move(shared.resolve("d"), outside.resolve("d"));
    Thread.sleep(10); // a proof made before the move is good for a millisecond
    Files.writeString(outside.resolve("d/below/f"), SECRET);
    Map<String, String> before = outsideNow();
    assertFails(ENOENT, () -> below.lookup("f"));
    assertFails(ENOENT, () -> below.lookup("known"));
    assertFails(ENOENT, () -> below.create("new", NewInode.regular(0644, 0, 0)));
    assertFails(ENOENT, () -> below.create("new", NewInode.directory(0755, 0, 0)));
    assertFails(ENOENT, () -> below.createUnnamed(NewInode.regular(0644, 0, 0)));
    assertFails(ENOENT, () -> below.readDirectory(0, (name, ino, type, cookie) -> true));
    assertFails(ENOENT, () -> below.setAttributes(AttributeChange.mode(0700)));
    assertFails(ENOENT, below::stat);
    assertFails(ENOENT, below::parent);
    assertThat(below.link()).isNull();
    assertThat(outsideNow()).isEqualTo(before);

    Files.move(outside.resolve("d"), shared.resolve("again"));
    assertThat(walk("again/below")).isSameAs(below);
    assertThat(read(below.lookup("known"))).isEqualTo("known");
    below.closed();
  }

  @Test
  void directory_that_the_host_replaces_is_not_mistaken_for_the_old_one() throws Exception {
    directory("d");
    Inode old = walk("d");
    old.opened();
    Files.move(shared.resolve("d"), outside.resolve("d"));
    directory("d");
    Thread.sleep(10);
    assertFails(ENOENT, () -> old.create("f", NewInode.regular(0644, 0, 0)));
    assertThat(walk("d")).isNotSameAs(old);
    old.closed();
  }

  @Test
  void open_file_that_the_host_moves_or_deletes_stays_open() throws IOException {
    Files.writeString(shared.resolve("f"), "mine");
    Inode file = walk("f");
    file.prepareOpen(OpenFlags.O_RDONLY);
    file.opened();
    Files.move(shared.resolve("f"), shared.resolve("g"));
    assertThat(read(file)).isEqualTo("mine");
    Files.delete(shared.resolve("g"));
    assertThat(read(file)).isEqualTo("mine");
    assertThat(file.link()).isNull();
    file.closed();
  }

  // ---- special files ---------------------------------------------------------------------------

  @Test
  void fifo_of_the_host_is_shown_and_never_opened() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", shared.resolve("p").toString()).start().waitFor())
        .isZero();
    Inode fifo = walk("p");
    assertThat(fifo.type()).isEqualTo(FileType.FIFO);
    assertThat(fifo.stat().links()).isEqualTo(1);
    assertFails(ENXIO, () -> fifo.prepareOpen(OpenFlags.O_RDONLY));
    assertFails(ENXIO, () -> fifo.prepareOpen(OpenFlags.O_WRONLY));
    assertThatThrownBy(() -> read(fifo)).isInstanceOf(ErrnoException.class);
    assertThatThrownBy(() -> fifo.append(new byte[1], 0, 1)).isInstanceOf(ErrnoException.class);
    fifo.opened(); // a path descriptor: nobody blocks, no writer or reader appears
    fifo.closed();
    root.unlink("p", fifo);
  }

  @Test
  void device_of_the_host_is_shown_and_never_opened() throws IOException {
    try (HostDirectoryFileSystem devices = HostDirectoryFileSystem.open(Path.of("/dev"))) {
      Inode zero = devices.root().lookup("zero");
      assertThat(zero.type()).isEqualTo(FileType.CHARACTER_DEVICE);
      assertThat(zero.rdev()).isZero();
      assertFails(EACCES, () -> zero.prepareOpen(OpenFlags.O_RDONLY));
      assertThatThrownBy(() -> read(zero)).isInstanceOf(ErrnoException.class);
    }
  }

  @Test
  void guests_create_no_special_files() throws IOException {
    for (FileType type :
        List.of(FileType.FIFO, FileType.SOCKET, FileType.CHARACTER_DEVICE, FileType.BLOCK_DEVICE)) {
      assertFails(EPERM, () -> root.create("n", NewInode.node(type, 0666, 0, 0, 0x103)));
    }
    assertThat(shared).isEmptyDirectory();
  }

  @Test
  void guests_create_no_set_user_id_files() throws IOException {
    Inode file = root.create("f", NewInode.regular(06755, 0, 0));
    assertThat(hostMode("f")).isEqualTo(0755);
    file.setAttributes(AttributeChange.mode(06711));
    assertThat(hostMode("f")).isEqualTo(0711);
    root.create("d", NewInode.directory(06755, 0, 0));
    assertThat(hostMode("d")).isEqualTo(0755);
    root.createUnnamed(NewInode.regular(04755, 0, 0));
  }

  @Test
  void set_user_id_file_of_the_host_loses_the_bit_before_a_guest_writes() throws Exception {
    Path program = Files.writeString(shared.resolve("program"), "trusted");
    assertThat(new ProcessBuilder("chmod", "6755", program.toString()).start().waitFor()).isZero();
    Inode file = walk("program");
    assertThat(file.mode()).isEqualTo(0100755);
    assertThat(read(file)).isEqualTo("trusted");
    assertThat(hostMode("program")).isEqualTo(06755);
    file.append(new byte[] {'!'}, 0, 1);
    assertThat(hostMode("program")).isEqualTo(0755);
  }

  private int hostMode(String name) throws IOException {
    return (int) Files.getAttribute(shared.resolve(name), "unix:mode") & 07777;
  }

  // ---- other mounts of the host ----------------------------------------------------------------

  @Test
  void interfaces_of_the_hosts_kernel_are_not_shown() throws IOException {
    assertThatThrownBy(() -> HostDirectoryFileSystem.open(Path.of("/proc")))
        .isInstanceOf(IllegalArgumentException.class);
    HostDirectoryOptions readOnly = HostDirectoryOptions.defaults().asReadOnly();
    try (HostDirectoryFileSystem all = HostDirectoryFileSystem.open(Path.of("/"), readOnly)) {
      assertFails(EACCES, () -> all.root().lookup("proc"));
    }
    try (HostDirectoryFileSystem all =
        HostDirectoryFileSystem.open(Path.of("/"), readOnly.acrossMounts())) {
      assertFails(EACCES, () -> all.root().lookup("proc"));
    }
  }

  @Test
  void nothing_tells_where_the_directory_is_on_the_host() {
    assertThat(fileSystem.source()).isEqualTo("hostfs");
    assertThat(fileSystem.type()).isEqualTo("hostfs");
    assertThat(root.toString()).doesNotContain(shared.getFileName().toString());
    assertThatThrownBy(() -> root.lookup("none"))
        .hasMessage(ENOENT.message())
        .hasNoCause()
        .hasNoSuppressedExceptions();
  }
}
