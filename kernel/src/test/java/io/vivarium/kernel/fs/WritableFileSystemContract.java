package io.vivarium.kernel.fs;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENODEV;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ERANGE;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.errno.Errno.EXDEV;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What every writable file system of the kernel's own does, whatever it is made of. */
public abstract class WritableFileSystemContract {
  private static final int BLOCK = 4096;

  /** The time of the file system under test, which moves on by a second at every look. */
  protected static final class Ticking implements InstantSource {
    private long seconds = 1_700_000_000;

    @Override
    public synchronized Instant instant() {
      return Instant.ofEpochSecond(seconds++);
    }

    synchronized void skip(long more) {
      seconds += more;
    }
  }

  protected final Ticking clock = new Ticking();
  private Inode root;

  /** An empty file system of ample size that keeps time by {@link #clock}. */
  protected abstract FileSystem newFileSystem();

  @BeforeEach
  void makeFileSystem() {
    root = newFileSystem().root();
  }

  private Inode file(String name) {
    return file(root, name);
  }

  private static Inode file(Inode directory, String name) {
    return directory.create(name, NewInode.regular(0644, 1000, 1000));
  }

  private Inode file(String name, String text) {
    Inode file = file(name);
    write(file, 0, text);
    return file;
  }

  private Inode dir(String name) {
    return dir(root, name);
  }

  private static Inode dir(Inode parent, String name) {
    return parent.create(name, NewInode.directory(0755, 1000, 1000));
  }

  private static int write(Inode file, long position, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    return file.write(position, bytes, 0, bytes.length);
  }

  private static String text(Inode file) {
    return new String(bytes(file), UTF_8);
  }

  private static byte[] bytes(Inode file) {
    byte[] bytes = new byte[(int) file.size() + 10];
    int count = file.read(0, bytes, 0, bytes.length);
    return java.util.Arrays.copyOf(bytes, count);
  }

  private static byte[] pattern(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (i * 31 + i / 251 + 1);
    }
    return bytes;
  }

  private static void rename(Inode from, String oldName, Inode to, String newName, int flags) {
    Inode expected = from.lookup(oldName);
    from.rename(oldName, expected, to, newName, find(to, newName), flags);
  }

  private static @Nullable Inode find(Inode directory, String name) {
    try {
      return directory.lookup(name);
    } catch (io.vivarium.kernel.errno.ErrnoException e) {
      return null;
    }
  }

  private static void unlink(Inode directory, String name) {
    directory.unlink(name, directory.lookup(name));
  }

  private static void rmdir(Inode directory, String name) {
    directory.rmdir(name, directory.lookup(name));
  }

  private static List<String> names(Inode directory) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    return names;
  }

  @Nested
  class Files {
    @Test
    void new_file_has_the_attributes_it_was_given_and_is_empty() {
      Stat stat = root.create("f", NewInode.regular(0640, 7, 8)).stat();
      assertThat(stat.mode()).isEqualTo(0100640);
      assertThat(stat.uid()).isEqualTo(7);
      assertThat(stat.gid()).isEqualTo(8);
      assertThat(stat.links()).isEqualTo(1);
      assertThat(stat.size()).isZero();
      assertThat(stat.blocks()).isZero();
      assertThat(stat.device()).isEqualTo(root.fileSystem().device());
    }

    @Test
    void what_is_written_is_read_back_across_block_borders() {
      Inode file = file("f");
      byte[] data = pattern(3 * BLOCK + 17);
      assertThat(file.write(5, data, 0, data.length)).isEqualTo(data.length);
      byte[] back = new byte[data.length];
      assertThat(file.read(5, back, 0, back.length)).isEqualTo(data.length);
      assertThat(back).isEqualTo(data);
      assertThat(file.size()).isEqualTo(data.length + 5);
    }

    @Test
    void reading_stops_at_the_end() {
      Inode file = file("f", "hello");
      byte[] buffer = new byte[10];
      assertThat(file.read(3, buffer, 2, 8)).isEqualTo(2);
      assertThat(file.read(5, buffer, 0, 10)).isZero();
      assertThat(file.read(1L << 40, buffer, 0, 10)).isZero();
      assertThat(new String(buffer, 0, 4, UTF_8)).isEqualTo("\0\0lo");
    }

    @Test
    void small_writes_add_up() {
      Inode file = file("f");
      StringBuilder expected = new StringBuilder();
      for (int i = 0; i < 3000; i++) {
        String line = "line " + i + "\n";
        byte[] bytes = line.getBytes(UTF_8);
        assertThat(file.append(bytes, 0, bytes.length))
            .isEqualTo(expected.length() + (long) bytes.length);
        expected.append(line);
      }
      assertThat(text(file)).isEqualTo(expected.toString());
    }

    @Test
    void overwriting_the_middle_leaves_the_rest() {
      Inode file = file("f");
      byte[] data = pattern(2 * BLOCK);
      file.write(0, data, 0, data.length);
      write(file, BLOCK - 2, "XYZW");
      System.arraycopy("XYZW".getBytes(UTF_8), 0, data, BLOCK - 2, 4);
      assertThat(bytes(file)).isEqualTo(data);
    }

    @Test
    void gap_behind_the_end_reads_as_zeros_and_takes_no_space() {
      Inode file = file("f", "a");
      write(file, 10L * BLOCK + 1, "b");
      assertThat(file.size()).isEqualTo(10L * BLOCK + 2);
      assertThat(file.stat().blocks()).isEqualTo(16);
      byte[] back = bytes(file);
      assertThat(back[0]).isEqualTo((byte) 'a');
      assertThat(back[10 * BLOCK + 1]).isEqualTo((byte) 'b');
      assertThat(IntStream.range(1, 10 * BLOCK + 1).allMatch(i -> back[i] == 0)).isTrue();
    }

    @Test
    void cut_bytes_do_not_come_back_when_the_file_grows() {
      Inode file = file("f", "secret words");
      file.truncate(3);
      file.truncate(12);
      assertThat(text(file)).isEqualTo("sec\0\0\0\0\0\0\0\0\0");
      file.truncate(0);
      write(file, 6, "x");
      assertThat(text(file)).isEqualTo("\0\0\0\0\0\0x");
    }

    @Test
    void truncating_drops_the_blocks_behind() {
      Inode file = file("f");
      file.write(0, pattern(8 * BLOCK), 0, 8 * BLOCK);
      file.truncate(BLOCK + 1);
      assertThat(file.stat().blocks()).isEqualTo(16);
      assertThat(bytes(file)).isEqualTo(java.util.Arrays.copyOf(pattern(8 * BLOCK), BLOCK + 1));
    }

    @Test
    void positions_at_the_edge_of_64_bits_fail_cleanly() {
      Inode file = file("f", "x");
      byte[] two = new byte[2];
      assertFails(EINVAL, () -> file.write(-1, two, 0, 2));
      assertFails(EINVAL, () -> file.read(-1, two, 0, 2));
      assertFails(EFBIG, () -> file.write(Long.MAX_VALUE, two, 0, 2));
      assertFails(EINVAL, () -> file.truncate(-1));
      assertFails(EFBIG, () -> file.allocate(AllocateMode.RESERVE, Long.MAX_VALUE, 1));
      assertThat(file.read(Long.MAX_VALUE, two, 0, 2)).isZero();
      assertFails(ENXIO, () -> file.nextData(Long.MAX_VALUE));
      assertThat(text(file)).isEqualTo("x");
    }

    @Test
    void contents_of_other_kinds_of_files_are_refused() {
      byte[] one = new byte[1];
      assertFails(EISDIR, () -> root.read(0, one, 0, 1));
      assertFails(EISDIR, () -> root.write(0, one, 0, 1));
      assertFails(EISDIR, () -> root.truncate(0));
      assertFails(EISDIR, () -> root.allocate(AllocateMode.RESERVE, 0, 1));
      Inode fifo = root.create("p", NewInode.node(FileType.FIFO, 0600, 0, 0, 0));
      assertFails(EINVAL, () -> fifo.truncate(0));
      assertFails(ENODEV, () -> fifo.allocate(AllocateMode.RESERVE, 0, 1));
      assertFails(EINVAL, () -> root.readLink());
    }
  }

  @Nested
  class Holes {
    @Test
    void data_and_holes_are_found() {
      Inode file = file("f");
      write(file, 4L * BLOCK, "data");
      write(file, 9L * BLOCK, "more");
      file.truncate(20L * BLOCK);
      assertThat(file.nextData(0)).isEqualTo(4L * BLOCK);
      assertThat(file.nextData(4L * BLOCK + 1)).isEqualTo(4L * BLOCK + 1);
      assertThat(file.nextHole(0)).isZero();
      assertThat(file.nextHole(4L * BLOCK + 3)).isEqualTo(5L * BLOCK);
      assertThat(file.nextData(5L * BLOCK)).isEqualTo(9L * BLOCK);
      assertFails(ENXIO, () -> file.nextData(10L * BLOCK));
      assertFails(ENXIO, () -> file.nextHole(20L * BLOCK));
    }

    @Test
    void end_of_the_file_is_a_hole() {
      Inode file = file("f", "abc");
      assertThat(file.nextHole(1)).isEqualTo(3);
    }

    @Test
    void reserved_space_is_allocated_and_reads_as_zeros() {
      Inode file = file("f", "abc");
      file.allocate(AllocateMode.RESERVE, 0, 2 * BLOCK + 1);
      assertThat(file.size()).isEqualTo(2 * BLOCK + 1);
      assertThat(file.stat().blocks()).isEqualTo(24);
      assertThat(file.nextHole(0)).isEqualTo(BLOCK);
      assertFails(ENXIO, () -> file.nextData(BLOCK));
      write(file, BLOCK + 5, "x");
      assertThat(file.stat().blocks()).isEqualTo(24);
      byte[] back = bytes(file);
      assertThat(new String(back, 0, 4, UTF_8)).isEqualTo("abc\0");
      assertThat(back[BLOCK + 5]).isEqualTo((byte) 'x');
      assertThat(back[BLOCK + 4]).isZero();
    }

    @Test
    void space_reserved_behind_the_end_keeps_the_size() {
      Inode file = file("f", "abc");
      file.allocate(AllocateMode.RESERVE_KEEP_SIZE, 0, 4 * BLOCK);
      assertThat(file.size()).isEqualTo(3);
      assertThat(file.stat().blocks()).isEqualTo(32);
      file.truncate(3);
      assertThat(file.stat().blocks()).isEqualTo(8);
    }

    @Test
    void punched_hole_reads_as_zeros_and_frees_whole_blocks() {
      Inode file = file("f");
      byte[] data = pattern(5 * BLOCK);
      file.write(0, data, 0, data.length);
      file.allocate(AllocateMode.PUNCH_HOLE, BLOCK - 10, 2 * BLOCK + 20);
      java.util.Arrays.fill(data, BLOCK - 10, 3 * BLOCK + 10, (byte) 0);
      assertThat(bytes(file)).isEqualTo(data);
      assertThat(file.stat().blocks()).isEqualTo(24);
      assertThat(file.nextHole(0)).isEqualTo(BLOCK);
    }

    @Test
    void hole_within_one_block_is_only_zeroed() {
      Inode file = file("f", "0123456789");
      file.allocate(AllocateMode.PUNCH_HOLE, 2, 3);
      assertThat(text(file)).isEqualTo("01\0\0\0" + "56789");
      assertThat(file.stat().blocks()).isEqualTo(8);
    }

    @Test
    void zeroing_a_range_grows_the_file_unless_told_not_to() {
      Inode file = file("f", "0123456789");
      file.allocate(AllocateMode.ZERO_RANGE_KEEP_SIZE, 8, BLOCK);
      assertThat(text(file)).isEqualTo("01234567\0\0");
      file.allocate(AllocateMode.ZERO_RANGE, 4, 8);
      assertThat(text(file)).isEqualTo("0123\0\0\0\0\0\0\0\0");
    }

    @Test
    void collapsing_a_range_moves_the_rest_down() {
      Inode file = file("f");
      byte[] data = pattern(4 * BLOCK + 9);
      file.write(0, data, 0, data.length);
      file.allocate(AllocateMode.COLLAPSE_RANGE, BLOCK, 2 * BLOCK);
      byte[] expected = new byte[2 * BLOCK + 9];
      System.arraycopy(data, 0, expected, 0, BLOCK);
      System.arraycopy(data, 3 * BLOCK, expected, BLOCK, BLOCK + 9);
      assertThat(bytes(file)).isEqualTo(expected);
      assertFails(EINVAL, () -> file.allocate(AllocateMode.COLLAPSE_RANGE, 1, BLOCK));
      assertFails(EINVAL, () -> file.allocate(AllocateMode.COLLAPSE_RANGE, 0, 4 * BLOCK));
    }

    @Test
    void inserting_a_range_moves_the_rest_up() {
      Inode file = file("f");
      byte[] data = pattern(2 * BLOCK + 9);
      file.write(0, data, 0, data.length);
      file.allocate(AllocateMode.INSERT_RANGE, BLOCK, 3 * BLOCK);
      byte[] expected = new byte[5 * BLOCK + 9];
      System.arraycopy(data, 0, expected, 0, BLOCK);
      System.arraycopy(data, BLOCK, expected, 4 * BLOCK, BLOCK + 9);
      assertThat(bytes(file)).isEqualTo(expected);
      assertFails(EINVAL, () -> file.allocate(AllocateMode.INSERT_RANGE, 8 * BLOCK, BLOCK));
      assertFails(
          EFBIG, () -> file.allocate(AllocateMode.INSERT_RANGE, 0, Long.MAX_VALUE / BLOCK * BLOCK));
    }

    @Test
    void ranges_must_be_sensible() {
      Inode file = file("f", "abc");
      assertFails(EINVAL, () -> file.allocate(AllocateMode.RESERVE, -1, 1));
      assertFails(EINVAL, () -> file.allocate(AllocateMode.RESERVE, 0, 0));
      assertFails(EFBIG, () -> file.allocate(AllocateMode.PUNCH_HOLE, 2, Long.MAX_VALUE - 1));
    }
  }

  @Nested
  class Directories {
    @Test
    void directories_count_their_subdirectories_as_links() {
      Inode dir = dir("d");
      assertThat(dir.stat().links()).isEqualTo(2);
      dir(dir, "x");
      dir(dir, "y");
      file(dir, "f");
      assertThat(dir.stat().links()).isEqualTo(4);
      rmdir(dir, "x");
      assertThat(dir.stat().links()).isEqualTo(3);
      rename(dir, "y", root, "y", 0);
      assertThat(dir.stat().links()).isEqualTo(2);
      assertThat(root.stat().links()).isEqualTo(4);
    }

    @Test
    void names_are_found_and_taken_names_refused() {
      Inode f = file("f");
      assertThat(root.lookup("f")).isSameAs(f);
      assertFails(EEXIST, () -> file("f"));
      assertFails(EEXIST, () -> dir("f"));
      assertFails(ENOENT, () -> root.lookup("g"));
      assertFails(ENOTDIR, () -> f.lookup("x"));
      assertFails(ENOTDIR, () -> file(f, "x"));
    }

    @Test
    void handle_stays_the_same_object_through_rename_and_link() {
      Inode f = file("f");
      root.link("g", f);
      rename(root, "f", dir("d"), "h", 0);
      assertThat(root.lookup("g")).isSameAs(f);
      assertThat(root.lookup("d").lookup("h")).isSameAs(f);
    }

    @Test
    void only_empty_directories_are_removed() {
      Inode dir = dir("d");
      file(dir, "f");
      assertFails(ENOTEMPTY, () -> rmdir(root, "d"));
      unlink(dir, "f");
      assertFails(EISDIR, () -> unlink(root, "d"));
      rmdir(root, "d");
      assertFails(ENOENT, () -> root.lookup("d"));
      file("f");
      assertFails(ENOTDIR, () -> rmdir(root, "f"));
    }

    @Test
    void removed_directory_in_use_takes_no_new_names() {
      Inode dir = dir("d");
      dir.opened();
      rmdir(root, "d");
      assertThat(dir.stat().links()).isZero();
      assertFails(ENOENT, () -> file(dir, "f"));
      assertFails(ENOENT, () -> dir.lookup("f"));
      Inode f = file("f");
      assertFails(ENOENT, () -> dir.link("g", f));
      assertFails(ENOENT, () -> root.rename("f", f, dir, "g", null, 0));
      assertFails(ENOENT, () -> dir.createUnnamed(NewInode.regular(0600, 0, 0)));
      assertFails(ENOENT, () -> names(dir));
      assertThat(dir.parent()).isSameAs(root);
      dir.closed();
      assertFails(ENOENT, () -> dir.stat());
    }

    @Test
    void parent_follows_the_directory() {
      Inode a = dir("a");
      Inode b = dir("b");
      Inode c = dir(a, "c");
      assertThat(c.parent()).isSameAs(a);
      rename(a, "c", b, "c2", 0);
      assertThat(c.parent()).isSameAs(b);
      assertThat(root.parent()).isSameAs(root);
      assertThat(c.link()).isEqualTo(new Inode.Link(b, "c2"));
      assertThat(root.link()).isNull();
    }

    @Test
    void operations_on_a_name_that_changed_meanwhile_are_stale() {
      Inode old = file("f");
      unlink(root, "f");
      Inode fresh = file("f");
      assertFails(ESTALE, () -> root.unlink("f", old));
      assertFails(ESTALE, () -> root.rename("f", old, root, "g", null, 0));
      assertFails(ESTALE, () -> root.rename("f", fresh, root, "g", old, 0));
      dir("d");
      assertFails(ESTALE, () -> root.rmdir("d", old));
      assertThat(root.lookup("f")).isSameAs(fresh);
    }

    @Test
    void many_names_are_listed_once_each() {
      Set<String> expected = new TreeSet<>();
      for (int i = 0; i < 1000; i++) {
        file("name" + i);
        expected.add("name" + i);
      }
      assertThat(names(root)).doesNotHaveDuplicates().hasSameElementsAs(expected);
    }

    @Test
    void entries_tell_type_and_number() {
      Inode dir = dir("d");
      root.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            assertThat(name).isEqualTo("d");
            assertThat(ino).isEqualTo(dir.ino());
            assertThat(type).isEqualTo(FileType.DIRECTORY);
            return true;
          });
    }

    @Test
    void listing_goes_on_behind_a_cookie_while_other_names_come_and_go() {
      for (int i = 0; i < 300; i++) {
        file("keep" + i);
        file("gone" + i);
      }
      List<String> seen = new ArrayList<>();
      long[] position = {0};
      int[] round = {0};
      boolean[] more = {true};
      while (more[0]) {
        more[0] = false;
        root.readDirectory(
            position[0],
            (name, ino, type, cookie) -> {
              seen.add(name);
              position[0] = cookie;
              more[0] = true;
              return seen.size() % 7 != 0;
            });
        if (round[0] < 300) {
          unlink(root, "gone" + round[0]);
          file("new" + round[0]);
        }
        round[0]++;
      }
      assertThat(seen).doesNotHaveDuplicates();
      assertThat(seen).containsAll(IntStream.range(0, 300).mapToObj(i -> "keep" + i).toList());
    }

    @Test
    void name_that_is_replaced_while_listing_is_seen_once() {
      for (int i = 0; i < 200; i++) {
        file("f" + i);
      }
      List<String> seen = new ArrayList<>();
      long[] position = {0};
      for (int i = 0; i < 210; i++) {
        root.readDirectory(
            position[0],
            (name, ino, type, cookie) -> {
              seen.add(name);
              position[0] = cookie;
              return false;
            });
        file("temporary");
        rename(root, "temporary", root, "f" + (i * 37) % 200, 0);
      }
      seen.remove("temporary");
      assertThat(seen)
          .containsExactlyInAnyOrderElementsOf(
              IntStream.range(0, 200).mapToObj(i -> "f" + i).toList());
    }

    @Test
    void visitor_may_change_the_directory() {
      for (int i = 0; i < 100; i++) {
        file("f" + i);
      }
      root.readDirectory(
          0,
          (name, ino, type, cookie) -> {
            unlink(root, name);
            return true;
          });
      assertThat(names(root)).isEmpty();
    }
  }

  @Nested
  class Links {
    @Test
    void hard_links_are_one_file() {
      Inode f = file("f", "hello");
      root.link("g", f);
      assertThat(root.lookup("g")).isSameAs(f);
      assertThat(f.stat().links()).isEqualTo(2);
      unlink(root, "f");
      assertThat(text(root.lookup("g"))).isEqualTo("hello");
      assertThat(f.stat().links()).isEqualTo(1);
      assertThat(f.link()).isEqualTo(new Inode.Link(root, "g"));
    }

    @Test
    void a_name_is_known_as_long_as_there_is_one() {
      Inode f = file("f0");
      Inode d = dir("d");
      for (int i = 1; i < 50; i++) {
        d.link("f" + i, f);
      }
      unlink(root, "f0");
      for (int i = 1; i < 50; i++) {
        Inode.Link link = f.link();
        assertThat(link).isNotNull();
        assertThat(link.directory().lookup(link.name())).isSameAs(f);
        unlink(d, link.name());
      }
      assertThat(names(d)).isEmpty();
    }

    @Test
    void linking_is_refused_where_it_makes_no_sense() {
      Inode f = file("f");
      Inode d = dir("d");
      file("taken");
      assertFails(EEXIST, () -> root.link("taken", f));
      assertFails(EPERM, () -> root.link("x", d));
      assertFails(EXDEV, () -> root.link("x", newFileSystem().root()));
      f.opened();
      unlink(root, "f");
      assertFails(ENOENT, () -> root.link("x", f));
      f.closed();
    }

    @Test
    void unlinked_file_lives_until_it_is_closed() {
      Inode f = file("f", "still here");
      f.opened();
      f.opened();
      unlink(root, "f");
      assertThat(f.link()).isNull();
      assertThat(f.stat().links()).isZero();
      assertThat(text(f)).isEqualTo("still here");
      write(f, 0, "STILL");
      f.closed();
      assertThat(text(f)).isEqualTo("STILL here");
      f.closed();
      assertFails(ENOENT, () -> f.stat());
      assertFails(ENOENT, () -> f.opened());
    }

    @Test
    void unnamed_file_can_get_a_name_once() {
      Inode f = root.createUnnamed(NewInode.regular(0600, 1, 2));
      f.opened();
      write(f, 0, "quiet");
      assertThat(names(root)).isEmpty();
      assertThat(f.stat().links()).isZero();
      root.link("f", f);
      assertThat(f.stat().links()).isEqualTo(1);
      f.closed();
      assertThat(text(root.lookup("f"))).isEqualTo("quiet");
      f.opened();
      unlink(root, "f");
      assertFails(ENOENT, () -> root.link("again", f));
      f.closed();
    }

    @Test
    void unnamed_file_without_a_name_goes_with_its_last_user() {
      Inode f = root.createUnnamed(NewInode.regular(0600, 1, 2));
      f.opened();
      f.closed();
      assertFails(ENOENT, () -> f.stat());
    }

    @Test
    void symlinks_hold_their_target_as_given() {
      Inode link = root.create("l", NewInode.symlink("../no/such/\udcff place", 1, 2));
      assertThat(link.readLink()).isEqualTo("../no/such/\udcff place");
      assertThat(link.stat().mode()).isEqualTo(0120777);
      assertThat(link.size()).isEqualTo(18);
      assertThat(root.lookup("l")).isSameAs(link);
    }

    @Test
    void nodes_hold_their_device() {
      long rdev = DeviceNumber.of(5, 1);
      Inode node = root.create("n", NewInode.node(FileType.CHARACTER_DEVICE, 0600, 0, 0, rdev));
      assertThat(node.rdev()).isEqualTo(rdev);
      assertThat(node.stat().rdev()).isEqualTo(rdev);
      Inode socket = root.create("s", NewInode.node(FileType.SOCKET, 0600, 0, 0, 0));
      assertThat(socket.stat().mode()).isEqualTo(0140600);
    }
  }

  @Nested
  class Renames {
    @Test
    void rename_moves_a_file_with_its_contents() {
      Inode f = file("f", "x");
      Inode d = dir("d");
      rename(root, "f", d, "g", 0);
      assertFails(ENOENT, () -> root.lookup("f"));
      assertThat(d.lookup("g")).isSameAs(f);
      assertThat(f.link()).isEqualTo(new Inode.Link(d, "g"));
    }

    @Test
    void rename_over_a_file_replaces_it() {
      Inode f = file("f", "new");
      Inode g = file("g", "old");
      g.opened();
      rename(root, "f", root, "g", 0);
      assertThat(names(root)).containsExactly("g");
      assertThat(root.lookup("g")).isSameAs(f);
      assertThat(text(g)).isEqualTo("old");
      assertThat(g.stat().links()).isZero();
      g.closed();
    }

    @Test
    void rename_of_two_names_of_one_file_does_nothing() {
      Inode f = file("f");
      root.link("g", f);
      rename(root, "f", root, "g", 0);
      rename(root, "f", root, "f", 0);
      assertThat(names(root)).containsExactlyInAnyOrder("f", "g");
    }

    @Test
    void rename_over_a_directory_needs_a_directory_and_an_empty_one() {
      Inode a = dir("a");
      Inode b = dir("b");
      file(b, "f");
      file("x");
      assertFails(ENOTEMPTY, () -> rename(root, "a", root, "b", 0));
      assertFails(ENOTDIR, () -> rename(root, "a", root, "x", 0));
      assertFails(EISDIR, () -> rename(root, "x", root, "a", 0));
      rename(root, "b", root, "a", 0);
      assertThat(root.lookup("a")).isSameAs(b);
      assertThat(root.stat().links()).isEqualTo(3);
      assertFails(ENOENT, () -> a.stat());
    }

    @Test
    void directory_cannot_go_below_itself() {
      Inode a = dir("a");
      Inode b = dir(a, "b");
      Inode c = dir(b, "c");
      assertFails(EINVAL, () -> rename(root, "a", a, "x", 0));
      assertFails(EINVAL, () -> rename(root, "a", c, "x", 0));
      assertFails(EINVAL, () -> rename(root, "a", c, "x", Inode.RENAME_NOREPLACE));
      assertFails(ENOTEMPTY, () -> rename(b, "c", root, "a", 0));
      file(c, "f");
      assertFails(ENOTEMPTY, () -> rename(c, "f", root, "a", 0));
      assertFails(EINVAL, () -> rename(root, "a", b, "c", Inode.RENAME_EXCHANGE));
      assertFails(EINVAL, () -> rename(b, "c", root, "a", Inode.RENAME_EXCHANGE));
      assertThat(c.parent()).isSameAs(b);
    }

    @Test
    void noreplace_refuses_a_taken_name() {
      file("f");
      file("g");
      assertFails(EEXIST, () -> rename(root, "f", root, "g", Inode.RENAME_NOREPLACE));
      rename(root, "f", root, "h", Inode.RENAME_NOREPLACE);
      assertThat(names(root)).containsExactlyInAnyOrder("g", "h");
    }

    @Test
    void exchange_swaps_whatever_the_names_stand_for() {
      Inode d = dir("d");
      Inode sub = dir(d, "sub");
      Inode f = file("f");
      rename(d, "sub", root, "f", Inode.RENAME_EXCHANGE);
      assertThat(root.lookup("f")).isSameAs(sub);
      assertThat(d.lookup("sub")).isSameAs(f);
      assertThat(sub.parent()).isSameAs(root);
      assertThat(d.stat().links()).isEqualTo(2);
      assertThat(root.stat().links()).isEqualTo(4);
      assertFails(ENOENT, () -> rename(root, "f", root, "none", Inode.RENAME_EXCHANGE));
    }

    @Test
    void rename_to_another_file_system_is_refused() {
      Inode f = file("f");
      Inode other = newFileSystem().root();
      assertFails(EXDEV, () -> root.rename("f", f, other, "f", null, 0));
    }
  }

  @Nested
  class Times {
    private long access(Inode inode) {
      return inode.stat().accessTime();
    }

    @Test
    void creating_stamps_the_file_and_its_directory() {
      long before = root.stat().modificationTime();
      Stat stat = file("f").stat();
      assertThat(stat.birthTime()).isEqualTo(stat.modificationTime()).isGreaterThan(before);
      assertThat(stat.accessTime()).isEqualTo(stat.changeTime()).isEqualTo(stat.birthTime());
      assertThat(root.stat().modificationTime()).isEqualTo(stat.birthTime());
    }

    @Test
    void writing_stamps_modification_and_change() {
      Inode f = file("f");
      Stat before = f.stat();
      write(f, 0, "x");
      Stat after = f.stat();
      assertThat(after.modificationTime()).isGreaterThan(before.modificationTime());
      assertThat(after.changeTime()).isEqualTo(after.modificationTime());
      assertThat(after.accessTime()).isEqualTo(before.accessTime());
      assertThat(after.birthTime()).isEqualTo(before.birthTime());
    }

    @Test
    void reading_stamps_access_once_after_a_change_and_once_a_day() {
      Inode f = file("f", "x");
      long created = access(f);
      text(f);
      long first = access(f);
      assertThat(first).isGreaterThan(created);
      text(f);
      assertThat(access(f)).isEqualTo(first);
      clock.skip(24 * 3600);
      text(f);
      assertThat(access(f)).isGreaterThan(first);
    }

    @Test
    void listing_and_following_stamp_access_too() {
      Inode link = root.create("l", NewInode.symlink("t", 0, 0));
      long created = access(link);
      link.readLink();
      assertThat(access(link)).isGreaterThan(created);
      long listed = access(root);
      names(root);
      assertThat(access(root)).isGreaterThan(listed);
    }

    @Test
    void attributes_change_what_they_name_and_the_change_time() {
      Inode f = file("f");
      Stat before = f.stat();
      f.setAttributes(AttributeChange.mode(04711));
      Stat after = f.stat();
      assertThat(after.mode()).isEqualTo(0104711);
      assertThat(after.uid()).isEqualTo(1000);
      assertThat(after.changeTime()).isGreaterThan(before.changeTime());
      assertThat(after.modificationTime()).isEqualTo(before.modificationTime());
      f.setAttributes(AttributeChange.times(-5, 7));
      assertThat(access(f)).isEqualTo(-5);
      assertThat(f.stat().modificationTime()).isEqualTo(7);
      f.setAttributes(AttributeChange.owner(3, 4, 0600));
      assertThat(f.uid()).isEqualTo(3);
      assertThat(f.gid()).isEqualTo(4);
      assertThat(f.mode()).isEqualTo(0100600);
    }

    @Test
    void names_that_change_stamp_directories_and_file() {
      Inode d = dir("d");
      Inode f = file("f");
      Stat file = f.stat();
      Stat from = root.stat();
      Stat to = d.stat();
      rename(root, "f", d, "f", 0);
      assertThat(f.stat().changeTime()).isGreaterThan(file.changeTime());
      assertThat(f.stat().modificationTime()).isEqualTo(file.modificationTime());
      assertThat(root.stat().modificationTime()).isGreaterThan(from.modificationTime());
      assertThat(d.stat().modificationTime()).isGreaterThan(to.modificationTime());
      long linked = f.stat().changeTime();
      root.link("g", f);
      assertThat(f.stat().changeTime()).isGreaterThan(linked);
    }
  }

  @Nested
  class ExtendedAttributes {
    private final byte[] value = {1, 2, 3};

    @Test
    void attributes_are_kept_by_name() {
      Inode f = file("f");
      f.setXattr("user.b", value, 0);
      f.setXattr("trusted.a", new byte[0], 0);
      assertThat(f.listXattrs()).containsExactlyInAnyOrder("user.b", "trusted.a");
      assertThat(f.getXattr("user.b")).isEqualTo(value);
      f.getXattr("user.b")[0] = 9;
      assertThat(f.getXattr("user.b")).isEqualTo(value);
      f.removeXattr("user.b");
      assertFails(ENODATA, () -> f.getXattr("user.b"));
      assertFails(ENODATA, () -> f.removeXattr("user.b"));
    }

    @Test
    void creating_and_replacing_can_be_demanded() {
      Inode f = file("f");
      assertFails(ENODATA, () -> f.setXattr("user.a", value, 2));
      f.setXattr("user.a", value, 1);
      assertFails(EEXIST, () -> f.setXattr("user.a", value, 1));
      f.setXattr("user.a", new byte[5], 2);
      assertThat(f.getXattr("user.a")).hasSize(5);
    }

    @Test
    void names_and_values_have_limits() {
      Inode f = file("f");
      assertFails(ERANGE, () -> f.setXattr("user." + "n".repeat(251), value, 0));
      assertFails(EOPNOTSUPP, () -> f.setXattr("other.a", value, 0));
      assertFails(EOPNOTSUPP, () -> f.getXattr("nonamespace"));
      assertFails(EINVAL, () -> f.setXattr("user.", value, 0));
      assertFails(E2BIG, () -> f.setXattr("user.a", new byte[64 * 1024 + 1], 0));
      f.setXattr("user." + "n".repeat(250), new byte[64 * 1024], 0);
      f.setXattr("system.posix_acl_access", value, 0);
    }

    @Test
    void user_attributes_belong_to_files_and_directories() {
      Inode link = root.create("l", NewInode.symlink("t", 0, 0));
      assertFails(EPERM, () -> link.setXattr("user.a", value, 0));
      link.setXattr("trusted.a", value, 0);
      root.setXattr("user.a", value, 0);
    }
  }
}
