package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.errno.Errno.EXDEV;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.OpenFlags;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a writable file system does, whoever keeps its files: this kernel, a host, a provider. What
 * not every one can do is a {@link Feature}; who lacks it refuses with the errno that the test
 * names.
 */
public abstract class FileSystemContract {
  private static final int UID = 1000;

  private FileSystem fileSystem;
  protected Inode root;

  /** What some file systems cannot do. */
  protected enum Feature {
    /** Hard links; without them EPERM. */
    HARD_LINKS,
    /** Symlinks; without them EPERM. */
    SYMLINKS,
    /** Permission bits that can be set; without them the bits stay. */
    MODES,
    /** Files without a name; without them EOPNOTSUPP. */
    UNNAMED_FILES,
    /** Attributes of the user namespace; without them EOPNOTSUPP. */
    USER_XATTRS,
    /** Moving directories that are not empty; without it EXDEV. */
    DIRECTORY_MOVES,
    /** Swapping two names; without it EINVAL. */
    EXCHANGE,
    /** Reserving and punching; without it EOPNOTSUPP. */
    ALLOCATE,
    /** Names and targets that are not UTF-8. */
    BYTE_NAMES,
    /** A file that lost its name can be read while it is in use. */
    UNLINKED_FILES,
    /** A directory shows that it was removed while it is in use. */
    LINK_COUNTS,
    /** Positions beyond the range of an int. */
    LARGE_FILES
  }

  /** An empty writable file system. */
  protected abstract FileSystem newFileSystem() throws Exception;

  /** What it can do; everything unless overridden. */
  protected Set<Feature> features() {
    return EnumSet.allOf(Feature.class);
  }

  @BeforeEach
  final void openFileSystem() throws Exception {
    fileSystem = newFileSystem();
    root = fileSystem.root();
  }

  @AfterEach
  final void closeFileSystem() {
    fileSystem.close();
  }

  private boolean can(Feature feature) {
    return features().contains(feature);
  }

  // ---- words of the tests ----------------------------------------------------------------------

  /** Asserts that a call answers an errno. */
  public static void assertFails(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call).isSameAs(errno.exception());
  }

  protected static Inode file(Inode directory, String name, String text) {
    Inode file = directory.create(name, NewInode.regular(0644, UID, UID));
    file.prepareOpen(OpenFlags.O_WRONLY);
    file.opened();
    assertThat(write(file, 0, text)).isEqualTo(text.getBytes(UTF_8).length);
    file.closed();
    return file;
  }

  protected static Inode directory(Inode parent, String name) {
    return parent.create(name, NewInode.directory(0755, UID, UID));
  }

  protected static int write(Inode file, long position, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return file.write(position, bytes, 0, bytes.length);
  }

  protected static String text(Inode file) {
    byte[] bytes = new byte[(int) file.size() + 10];
    int count = file.read(0, bytes, 0, bytes.length);
    return new String(bytes, 0, count, UTF_8);
  }

  protected static List<String> names(Inode directory) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    return names;
  }

  protected static @Nullable Inode find(Inode directory, String name) {
    try {
      return directory.lookup(name);
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(ENOENT);
      return null;
    }
  }

  protected static void rename(Inode from, String oldName, Inode to, String newName, int flags) {
    from.rename(oldName, from.lookup(oldName), to, newName, find(to, newName), flags);
  }

  protected static void unlink(Inode directory, String name) {
    directory.unlink(name, directory.lookup(name));
  }

  protected static void rmdir(Inode directory, String name) {
    directory.rmdir(name, directory.lookup(name));
  }

  // ---- contents --------------------------------------------------------------------------------

  @Test
  void new_file_is_empty_and_has_the_mode_it_was_given() {
    Inode file = root.create("f", NewInode.regular(0640, UID, UID));
    assertThat(file.type()).isEqualTo(FileType.REGULAR);
    assertThat(file.size()).isZero();
    assertThat(file.ino()).isNotZero();
    assertThat(file.stat().inode()).isEqualTo(file.ino());
    assertThat(file.stat().device()).isEqualTo(fileSystem.device());
    if (can(Feature.MODES)) {
      assertThat(file.mode()).isEqualTo(0100640);
      assertThat(directory(root, "d").mode()).isEqualTo(0040755);
    }
  }

  @Test
  void what_is_written_is_read_back() {
    Inode file = file(root, "f", "");
    byte[] data = new byte[300_001];
    for (int i = 0; i < data.length; i++) {
      data[i] = (byte) (i * 31 + i / 251);
    }
    assertThat(file.write(5, data, 0, data.length)).isEqualTo(data.length);
    byte[] back = new byte[data.length + 20];
    assertThat(file.read(5, back, 10, data.length + 10)).isEqualTo(data.length);
    assertThat(Arrays.copyOfRange(back, 10, 10 + data.length)).isEqualTo(data);
    assertThat(file.size()).isEqualTo(data.length + 5L);
    assertThat(file.read(0, back, 0, 5)).isEqualTo(5);
    assertThat(Arrays.copyOf(back, 5)).containsOnly(0);
  }

  @Test
  void reading_stops_at_the_end() {
    Inode file = file(root, "f", "hello");
    byte[] buffer = new byte[10];
    assertThat(file.read(3, buffer, 2, 8)).isEqualTo(2);
    assertThat(new String(buffer, 0, 4, UTF_8)).isEqualTo("\0\0lo");
    assertThat(file.read(5, buffer, 0, 10)).isZero();
    assertThat(file.read(1L << 40, buffer, 0, 10)).isZero();
    assertThat(file.read(0, buffer, 0, 0)).isZero();
  }

  @Test
  void appending_finds_the_end() {
    Inode file = file(root, "f", "one");
    byte[] bytes = " two three".getBytes(UTF_8);
    assertThat(file.append(bytes, 0, 4)).isEqualTo(7);
    assertThat(file.append(bytes, 4, 6)).isEqualTo(13);
    assertThat(file.append(bytes, 4, 0)).isEqualTo(13);
    assertThat(text(file)).isEqualTo("one two three");
  }

  @Test
  void appends_of_many_threads_all_arrive_whole() throws InterruptedException {
    Inode file = file(root, "f", "");
    file.opened();
    byte[] line = "a line that must not be torn\n".getBytes(UTF_8);
    Thread[] threads = new Thread[4];
    for (int i = 0; i < threads.length; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                for (int k = 0; k < 200; k++) {
                  assertThat(file.append(line, 0, line.length) % line.length).isZero();
                }
              });
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(text(file).lines().distinct()).hasSize(1);
    assertThat(file.size()).isEqualTo(800L * line.length);
    file.closed();
  }

  @Test
  void truncating_cuts_and_grows_with_zeros() {
    Inode file = file(root, "f", "secret words");
    file.truncate(3);
    assertThat(file.size()).isEqualTo(3);
    file.truncate(6);
    assertThat(text(file)).isEqualTo("sec\0\0\0");
    file.truncate(0);
    assertThat(text(file)).isEmpty();
    assertFails(EINVAL, () -> file.truncate(-1));
  }

  @Test
  void positions_at_the_edge_of_64_bits_fail_cleanly() {
    Inode file = file(root, "f", "x");
    byte[] two = new byte[2];
    assertFails(EINVAL, () -> file.write(-1, two, 0, 2));
    assertFails(EINVAL, () -> file.read(-1, two, 0, 2));
    assertFails(EFBIG, () -> file.write(Long.MAX_VALUE, two, 0, 2));
    assertThat(file.read(Long.MAX_VALUE, two, 0, 2)).isZero();
    assertFails(ENXIO, () -> file.nextData(Long.MAX_VALUE));
    assertFails(ENXIO, () -> file.nextHole(-1));
    assertThat(text(file)).isEqualTo("x");
  }

  @Test
  void far_positions_hold_what_was_written() {
    if (can(Feature.LARGE_FILES)) {
      Inode file = file(root, "f", "start");
      long far = 5L << 30;
      write(file, far, "end");
      assertThat(file.size()).isEqualTo(far + 3);
      byte[] back = new byte[6];
      assertThat(file.read(far - 3, back, 0, 6)).isEqualTo(6);
      assertThat(new String(back, UTF_8)).isEqualTo("\0\0\0end");
      assertThat(file.nextHole(far)).isEqualTo(far + 3);
      file.truncate(0);
    }
  }

  @Test
  void reserving_and_punching_change_what_they_say() {
    Inode file = file(root, "f", "0123456789");
    if (can(Feature.ALLOCATE)) {
      file.allocate(AllocateMode.RESERVE, 0, 20);
      assertThat(file.size()).isEqualTo(20);
      file.allocate(AllocateMode.PUNCH_HOLE, 2, 3);
      assertThat(text(file)).startsWith("01\0\0\0" + "56789");
      file.allocate(AllocateMode.RESERVE_KEEP_SIZE, 0, 1 << 16);
      assertThat(file.size()).isEqualTo(20);
      assertFails(EINVAL, () -> file.allocate(AllocateMode.RESERVE, -1, 1));
      assertFails(EFBIG, () -> file.allocate(AllocateMode.RESERVE, Long.MAX_VALUE, 1));
    } else {
      assertFails(EOPNOTSUPP, () -> file.allocate(AllocateMode.PUNCH_HOLE, 2, 3));
    }
    assertFails(EINVAL, () -> file.allocate(AllocateMode.RESERVE, 0, 0));
  }

  @Test
  void contents_of_directories_are_refused() {
    byte[] one = new byte[1];
    assertFails(EISDIR, () -> root.read(0, one, 0, 1));
    assertFails(EISDIR, () -> root.write(0, one, 0, 1));
    assertFails(EISDIR, () -> root.append(one, 0, 1));
    assertFails(EISDIR, () -> root.truncate(0));
    assertFails(EINVAL, root::readLink);
  }

  // ---- names -----------------------------------------------------------------------------------

  @Test
  void names_are_found_and_taken_names_refused() {
    Inode file = file(root, "f", "");
    assertThat(root.lookup("f")).isSameAs(file);
    assertFails(EEXIST, () -> file(root, "f", ""));
    assertFails(EEXIST, () -> directory(root, "f"));
    assertFails(ENOENT, () -> root.lookup("g"));
    assertFails(ENOTDIR, () -> file.lookup("x"));
    assertFails(ENOTDIR, () -> directory(file, "x"));
  }

  @Test
  void only_empty_directories_are_removed() {
    Inode directory = directory(root, "d");
    file(directory, "f", "");
    assertFails(ENOTEMPTY, () -> rmdir(root, "d"));
    unlink(directory, "f");
    assertFails(EISDIR, () -> unlink(root, "d"));
    rmdir(root, "d");
    assertFails(ENOENT, () -> root.lookup("d"));
    file(root, "f", "");
    assertFails(ENOTDIR, () -> rmdir(root, "f"));
  }

  @Test
  void removed_directory_in_use_takes_no_new_names() {
    Inode directory = directory(root, "d");
    directory.opened();
    rmdir(root, "d");
    assertFails(ENOENT, () -> file(directory, "f", ""));
    assertFails(ENOENT, () -> directory.lookup("f"));
    Inode file = file(root, "f", "");
    assertFails(ENOENT, () -> root.rename("f", file, directory, "g", null, 0));
    assertThat(directory.parent()).isSameAs(root);
    assertThat(directory.link()).isNull();
    if (can(Feature.LINK_COUNTS)) {
      assertThat(directory.stat().links()).isZero();
    }
    directory.closed();
  }

  @Test
  void name_that_stands_for_something_else_by_now_is_stale() {
    Inode old = file(root, "f", "");
    old.opened();
    rename(root, "f", root, "elsewhere", 0);
    Inode fresh = file(root, "f", "");
    assertFails(ESTALE, () -> root.unlink("f", old));
    assertFails(ESTALE, () -> root.rename("f", old, root, "g", null, 0));
    assertFails(ESTALE, () -> root.rename("f", fresh, root, "elsewhere", null, 0));
    assertThat(root.lookup("f")).isSameAs(fresh);
    old.closed();
  }

  @Test
  void parent_and_link_follow_renames() {
    Inode a = directory(root, "a");
    Inode b = directory(root, "b");
    Inode c = directory(a, "c");
    Inode file = file(c, "f", "deep");
    assertThat(c.parent()).isSameAs(a);
    if (!can(Feature.DIRECTORY_MOVES)) {
      assertFails(EXDEV, () -> rename(a, "c", b, "c2", 0));
      rename(c, "f", b, "g", 0);
      assertThat(file.link()).isEqualTo(new Inode.Link(b, "g"));
      assertThat(text(file)).isEqualTo("deep");
      return;
    }
    rename(a, "c", b, "c2", 0);
    assertThat(c.parent()).isSameAs(b);
    assertThat(root.parent()).isSameAs(root);
    assertThat(c.link()).isEqualTo(new Inode.Link(b, "c2"));
    assertThat(file.link()).isEqualTo(new Inode.Link(c, "f"));
    assertThat(root.link()).isNull();
    assertThat(text(file)).isEqualTo("deep");
    assertThat(b.lookup("c2").lookup("f")).isSameAs(file);
  }

  @Test
  void names_of_any_bytes_are_kept() {
    List<String> strange =
        new ArrayList<>(List.of("new\nline", "tab\t", " ", "...", "-rf", "ü€😀"));
    if (can(Feature.BYTE_NAMES)) {
      strange.add("\udcff\udc80");
      strange.add("a\udce4b");
    }
    for (String name : strange) {
      Inode file = file(root, name, "x");
      assertThat(root.lookup(name)).isSameAs(file);
    }
    assertThat(names(root)).containsExactlyInAnyOrderElementsOf(strange);
    strange.forEach(name -> unlink(root, name));
    assertThat(names(root)).isEmpty();
  }

  @Test
  void names_that_are_no_component_reach_nothing() {
    for (String name : List.of(".", "..", "a/b", "/", "../x", "nul\0")) {
      assertThatThrownBy(() -> root.lookup(name)).isInstanceOf(ErrnoException.class);
      assertThatThrownBy(() -> file(root, name, "")).isInstanceOf(ErrnoException.class);
    }
    assertThatThrownBy(() -> root.lookup("")).isSameAs(ENOENT.exception());
  }

  // ---- enumerating -----------------------------------------------------------------------------

  @Test
  void many_names_are_listed_once_each_with_type_and_number() {
    List<String> expected = IntStream.range(0, 1000).mapToObj(i -> "name" + i).toList();
    expected.forEach(name -> file(root, name, ""));
    assertThat(names(root)).containsExactlyInAnyOrderElementsOf(expected);
    Inode directory = directory(directory(root, "d"), "below");
    root.lookup("d")
        .readDirectory(
            0,
            (name, ino, type, cookie) -> {
              assertThat(name).isEqualTo("below");
              assertThat(type).isEqualTo(FileType.DIRECTORY);
              assertThat(ino).isEqualTo(directory.ino());
              return true;
            });
  }

  @Test
  void listing_goes_on_behind_a_cookie_while_other_names_come_and_go() {
    for (int i = 0; i < 150; i++) {
      file(root, "keep" + i, "");
      file(root, "gone" + i, "");
    }
    List<String> seen = new ArrayList<>();
    long[] position = {0};
    boolean[] more = {true};
    for (int round = 0; more[0]; round++) {
      more[0] = false;
      int[] taken = {0};
      root.readDirectory(
          position[0],
          (name, ino, type, cookie) -> {
            more[0] = true;
            if (taken[0]++ == 7) {
              return false; // a buffer that is full: this one comes again
            }
            seen.add(name);
            position[0] = cookie;
            return true;
          });
      if (round < 150 && find(root, "gone" + round) != null) {
        unlink(root, "gone" + round);
        file(root, "new" + round, "");
      }
    }
    assertThat(seen).doesNotHaveDuplicates();
    assertThat(seen).containsAll(IntStream.range(0, 150).mapToObj(i -> "keep" + i).toList());
  }

  @Test
  void everything_can_be_removed_while_it_is_listed() {
    IntStream.range(0, 500).forEach(i -> file(root, "f" + i, ""));
    long[] position = {0};
    boolean[] more = {true};
    while (more[0]) {
      more[0] = false;
      List<String> batch = new ArrayList<>();
      root.readDirectory(
          position[0],
          (name, ino, type, cookie) -> {
            batch.add(name);
            position[0] = cookie;
            more[0] = true;
            return batch.size() < 20;
          });
      batch.forEach(name -> unlink(root, name));
    }
    assertThat(names(root)).isEmpty();
  }

  // ---- renaming --------------------------------------------------------------------------------

  @Test
  void rename_over_a_file_replaces_it() {
    Inode file = file(root, "f", "new");
    Inode replaced = file(root, "g", "old");
    replaced.prepareOpen(OpenFlags.O_RDWR);
    replaced.opened();
    rename(root, "f", root, "g", 0);
    assertThat(names(root)).containsExactly("g");
    assertThat(root.lookup("g")).isSameAs(file);
    assertThat(replaced.link()).isNull();
    if (can(Feature.UNLINKED_FILES)) {
      assertThat(text(replaced)).isEqualTo("old");
      write(replaced, 0, "OL");
      assertThat(text(replaced)).isEqualTo("OLd");
    }
    replaced.closed();
    assertThat(text(file)).isEqualTo("new");
  }

  @Test
  void rename_over_a_directory_needs_a_directory_and_an_empty_one() {
    directory(root, "a");
    Inode b = directory(root, "b");
    file(b, "f", "");
    file(root, "x", "");
    assertFails(ENOTEMPTY, () -> rename(root, "a", root, "b", 0));
    assertFails(ENOTDIR, () -> rename(root, "a", root, "x", 0));
    assertFails(EISDIR, () -> rename(root, "x", root, "a", 0));
    if (can(Feature.DIRECTORY_MOVES)) {
      rename(root, "b", root, "a", 0);
      assertThat(root.lookup("a")).isSameAs(b);
      assertThat(names(b)).containsExactly("f");
    } else {
      assertFails(EXDEV, () -> rename(root, "b", root, "a", 0));
    }
  }

  @Test
  void directory_cannot_go_below_itself() {
    Inode a = directory(root, "a");
    Inode b = directory(a, "b");
    assertFails(EINVAL, () -> rename(root, "a", a, "x", 0));
    assertFails(EINVAL, () -> rename(root, "a", b, "x", 0));
    assertThat(b.parent()).isSameAs(a);
  }

  @Test
  void noreplace_refuses_a_taken_name() {
    file(root, "f", "");
    file(root, "g", "");
    assertFails(EEXIST, () -> rename(root, "f", root, "g", Inode.RENAME_NOREPLACE));
    rename(root, "f", root, "h", Inode.RENAME_NOREPLACE);
    assertThat(names(root)).containsExactlyInAnyOrder("g", "h");
  }

  @Test
  void exchange_swaps_two_names() {
    Inode directory = directory(root, "d");
    Inode below = directory(directory, "below");
    Inode file = file(root, "f", "");
    if (can(Feature.EXCHANGE)) {
      rename(directory, "below", root, "f", Inode.RENAME_EXCHANGE);
      assertThat(root.lookup("f")).isSameAs(below);
      assertThat(directory.lookup("below")).isSameAs(file);
      assertThat(below.parent()).isSameAs(root);
      assertFails(ENOENT, () -> rename(root, "f", root, "none", Inode.RENAME_EXCHANGE));
    } else {
      assertFails(EINVAL, () -> rename(directory, "below", root, "f", Inode.RENAME_EXCHANGE));
    }
  }

  // ---- links -----------------------------------------------------------------------------------

  @Test
  void hard_links_are_one_file() {
    Inode file = file(root, "f", "hello");
    if (!can(Feature.HARD_LINKS)) {
      assertFails(EPERM, () -> root.link("g", file));
      return;
    }
    root.link("g", file);
    assertThat(root.lookup("g")).isSameAs(file);
    assertThat(file.stat().links()).isEqualTo(2);
    assertFails(EEXIST, () -> root.link("g", file));
    unlink(root, "f");
    assertThat(text(root.lookup("g"))).isEqualTo("hello");
    assertThat(file.stat().links()).isEqualTo(1);
    Inode directory = directory(root, "d");
    assertFails(EPERM, () -> root.link("x", directory));
    root.link("h", file);
    rename(root, "g", root, "h", 0);
    assertThat(names(root)).containsExactlyInAnyOrder("d", "g", "h");
  }

  @Test
  void unlinked_file_lives_until_it_is_closed() {
    if (can(Feature.UNLINKED_FILES)) {
      Inode file = file(root, "f", "still here");
      file.prepareOpen(OpenFlags.O_RDWR);
      file.opened();
      file.opened();
      unlink(root, "f");
      assertThat(file.link()).isNull();
      assertThat(text(file)).isEqualTo("still here");
      write(file, 0, "STILL");
      file.closed();
      assertThat(text(file)).isEqualTo("STILL here");
      file.closed();
      assertFails(ENOENT, file::stat);
    }
  }

  @Test
  void unnamed_file_can_get_a_name() {
    NewInode attributes = NewInode.regular(0600, UID, UID);
    if (!can(Feature.UNNAMED_FILES)) {
      assertFails(EOPNOTSUPP, () -> root.createUnnamed(attributes));
      return;
    }
    Inode file = root.createUnnamed(attributes);
    file.opened();
    write(file, 0, "quiet");
    assertThat(names(root)).isEmpty();
    assertThat(file.stat().links()).isZero();
    root.link("f", file);
    assertThat(file.stat().links()).isEqualTo(1);
    file.closed();
    assertThat(text(root.lookup("f"))).isEqualTo("quiet");
    Inode other = root.createUnnamed(attributes);
    other.opened();
    other.closed();
    assertFails(ENOENT, other::stat);
  }

  @Test
  void symlinks_hold_their_target_as_given() {
    NewInode attributes = NewInode.symlink("../no/such place", UID, UID);
    if (!can(Feature.SYMLINKS)) {
      assertFails(EPERM, () -> root.create("l", attributes));
      return;
    }
    Inode link = root.create("l", attributes);
    assertThat(link.type()).isEqualTo(FileType.SYMLINK);
    assertThat(link.readLink()).isEqualTo("../no/such place");
    assertThat(link.stat().mode()).isEqualTo(0120777);
    assertThat(link.size()).isEqualTo(16);
    assertThat(root.lookup("l")).isSameAs(link);
    root.create("self", NewInode.symlink("self", UID, UID));
    assertThat(root.lookup("self").readLink()).isEqualTo("self");
    if (can(Feature.BYTE_NAMES)) {
      String bytes = "/\udcff\udc80";
      assertThat(root.create("m", NewInode.symlink(bytes, UID, UID)).readLink()).isEqualTo(bytes);
    }
  }

  // ---- attributes ------------------------------------------------------------------------------

  @Test
  void attributes_change_what_they_name() {
    Inode file = file(root, "f", "");
    file.setAttributes(AttributeChange.times(1_000_000_000L * 12345, 1_000_000_000L * 67890));
    assertThat(file.stat().modificationTime()).isEqualTo(1_000_000_000L * 67890);
    file.setAttributes(AttributeChange.times(AttributeChange.KEEP_TIME, 1_000_000_000L * 67891));
    assertThat(file.stat().modificationTime()).isEqualTo(1_000_000_000L * 67891);
    if (can(Feature.MODES)) {
      file.setAttributes(AttributeChange.mode(0711));
      assertThat(file.mode()).isEqualTo(0100711);
      assertThat(file.stat().modificationTime()).isEqualTo(1_000_000_000L * 67891);
    }
  }

  @Test
  void writing_and_naming_stamp_modification_times() {
    Inode directory = directory(root, "d");
    Inode file = file(directory, "f", "x");
    AttributeChange past = AttributeChange.times(1_000_000_000L, 1_000_000_000L);
    file.setAttributes(past);
    directory.setAttributes(past);
    write(file, 0, "y");
    unlink(directory, "f");
    assertThat(directory.stat().modificationTime()).isGreaterThan(1_000_000_000L);
    Inode other = file(directory, "g", "x");
    other.setAttributes(past);
    write(other, 0, "y");
    other.sync();
    assertThat(other.stat().modificationTime()).isGreaterThan(1_000_000_000L);
  }

  @Test
  void user_attributes_are_kept_by_name() {
    Inode file = file(root, "f", "");
    byte[] value = {1, 2, 3};
    if (!can(Feature.USER_XATTRS)) {
      assertFails(EOPNOTSUPP, () -> file.setXattr("user.a", value, 0));
      assertThat(file.listXattrs()).isEmpty();
      return;
    }
    assertFails(ENODATA, () -> file.getXattr("user.a"));
    assertFails(ENODATA, () -> file.setXattr("user.a", value, 2));
    file.setXattr("user.a", value, 1);
    assertFails(EEXIST, () -> file.setXattr("user.a", value, 1));
    assertThat(file.getXattr("user.a")).isEqualTo(value);
    assertThat(file.listXattrs()).containsExactly("user.a");
    file.removeXattr("user.a");
    assertFails(ENODATA, () -> file.removeXattr("user.a"));
    assertFails(EOPNOTSUPP, () -> file.setXattr("nonamespace", value, 0));
  }

  @Test
  void capacity_is_told() {
    StatFs statFs = fileSystem.statFs();
    assertThat(statFs.totalBytes()).isPositive();
    assertThat(statFs.usedBytes()).isBetween(0L, statFs.totalBytes());
  }
}
