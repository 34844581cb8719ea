package io.vivarium.nio;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What {@link Files} promises of a Unix file system, wherever the files are. */
@SuppressWarnings({"StreamResourceLeak", "DistinctVarargsChecker"}) // on purpose
abstract class FilesContract {
  private Path top;

  /** A new empty directory. */
  abstract Path newDirectory() throws IOException;

  @BeforeEach
  final void make_a_directory() throws IOException {
    top = newDirectory();
  }

  final Path at(String path) {
    return top.resolve(path);
  }

  final Path file(String path, String text) throws IOException {
    Path parent = at(path).getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    return Files.writeString(at(path), text);
  }

  static void assertFails(Class<? extends Exception> type, ThrowingCallable call) {
    assertThatExceptionOfType(type).isThrownBy(call);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(UTF_8));
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  // ---- directories

  @Test
  void directories_are_created_with_their_parents_and_only_once() throws IOException {
    Files.createDirectories(at("a/b/c"));
    Files.createDirectories(at("a/b/c"));
    assertThat(Files.isDirectory(at("a/b/c"))).isTrue();
    assertFails(FileAlreadyExistsException.class, () -> Files.createDirectory(at("a")));
    assertFails(NoSuchFileException.class, () -> Files.createDirectory(at("x/y")));
    file("f", "");
    assertFails(FileSystemException.class, () -> Files.createDirectory(at("f/d")));
    assertFails(FileAlreadyExistsException.class, () -> Files.createDirectories(at("f")));
  }

  @Test
  void directories_are_listed_walked_and_deleted_when_empty() throws IOException {
    file("d/one", "1");
    file("d/sub/two", "22");
    assertThat(names(at("d"))).containsExactly("one", "sub");
    assertFails(DirectoryNotEmptyException.class, () -> Files.delete(at("d")));
    try (Stream<Path> walk = Files.walk(at("d"))) {
      assertThat(walk.map(path -> at("").relativize(path).toString()))
          .containsExactlyInAnyOrder("d", "d/one", "d/sub", "d/sub/two");
    }
    Files.walkFileTree(
        at("d"),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Files.delete(file);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, IOException failure)
              throws IOException {
            Files.delete(directory);
            return FileVisitResult.CONTINUE;
          }
        });
    assertThat(Files.exists(at("d"))).isFalse();
    assertFails(NoSuchFileException.class, () -> Files.delete(at("d")));
    assertThat(Files.deleteIfExists(at("d"))).isFalse();
  }

  @Test
  void directory_stream_filters_by_glob_and_by_a_filter_that_fails() throws IOException {
    for (String name : List.of("a.txt", "b.txt", "c.md", "[x].txt", ".hidden")) {
      file(name, "");
    }
    assertThat(matching("*.txt")).containsExactly("[x].txt", "a.txt", "b.txt");
    assertThat(matching("[ab].*")).containsExactly("a.txt", "b.txt");
    assertThat(matching("[!a].txt")).containsExactly("b.txt");
    assertThat(matching("*.{txt,md}")).containsExactly("[x].txt", "a.txt", "b.txt", "c.md");
    assertThat(matching("?.m?")).containsExactly("c.md");
    assertThat(matching("\\[x\\].txt")).containsExactly("[x].txt");
    assertThat(matching(".*")).containsExactly(".hidden");
    try (DirectoryStream<Path> stream =
        Files.newDirectoryStream(
            at(""),
            path -> {
              throw new IOException("no");
            })) {
      assertFails(DirectoryIteratorException.class, () -> stream.iterator().hasNext());
    }
  }

  private List<String> matching(String glob) throws IOException {
    List<String> names = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(at(""), glob)) {
      stream.forEach(path -> names.add(String.valueOf(path.getFileName())));
    }
    names.sort(null);
    return names;
  }

  @Test
  void directory_stream_is_of_a_directory_iterated_once_and_ends_when_closed() throws IOException {
    file("f", "");
    assertFails(NotDirectoryException.class, () -> Files.newDirectoryStream(at("f")));
    assertFails(NoSuchFileException.class, () -> Files.newDirectoryStream(at("none")));
    DirectoryStream<Path> stream = Files.newDirectoryStream(at(""));
    assertThat(stream.iterator().next()).isEqualTo(at("f"));
    assertFails(IllegalStateException.class, stream::iterator);
    stream.close();
    stream.close();
    DirectoryStream<Path> closed = Files.newDirectoryStream(at(""));
    closed.close();
    assertFails(IllegalStateException.class, closed::iterator);
  }

  @Test
  void directory_stream_sees_every_entry_of_a_large_directory_once() throws IOException {
    for (int i = 0; i < 1000; i++) {
      Files.createFile(at("f" + i));
    }
    assertThat(names(at(""))).hasSize(1000).doesNotHaveDuplicates();
  }

  // ---- contents

  @Test
  void text_is_written_read_and_replaced() throws IOException {
    Files.writeString(at("f"), "one\ntwo\n");
    assertThat(Files.readAllLines(at("f"))).containsExactly("one", "two");
    Files.write(at("f"), List.of("x"));
    assertThat(Files.readString(at("f"))).isEqualTo("x\n");
    Files.writeString(at("f"), "more", APPEND);
    assertThat(Files.readString(at("f"))).isEqualTo("x\nmore");
    assertThat(Files.size(at("f"))).isEqualTo(6);
    assertFails(NoSuchFileException.class, () -> Files.readString(at("none")));
    assertFails(NoSuchFileException.class, () -> Files.writeString(at("none/f"), ""));
    assertFails(NoSuchFileException.class, () -> Files.writeString(at("none"), "", APPEND));
    assertFails(FileAlreadyExistsException.class, () -> Files.writeString(at("f"), "", CREATE_NEW));
    assertFails(IOException.class, () -> Files.readString(at("")));
    assertFails(FileSystemException.class, () -> Files.readString(at("f/x")));
  }

  @Test
  void channel_reads_and_writes_at_its_position() throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(at("f"), CREATE, READ, WRITE)) {
      assertThat(channel.write(bytes("hello world"))).isEqualTo(11);
      assertThat(channel.position()).isEqualTo(11);
      assertThat(channel.read(ByteBuffer.allocate(4))).isEqualTo(-1);
      assertThat(channel.position(6)).isSameAs(channel);
      ByteBuffer buffer = ByteBuffer.allocateDirect(5);
      assertThat(channel.read(buffer)).isEqualTo(5);
      byte[] read = new byte[5];
      buffer.flip().get(read);
      assertThat(new String(read, UTF_8)).isEqualTo("world");
      assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
      channel.position(20);
      assertThat(channel.size()).isEqualTo(11);
      channel.write(bytes("!"));
      assertThat(channel.size()).isEqualTo(21);
      channel.truncate(5);
      assertThat(channel.position()).isEqualTo(5);
      channel.truncate(100);
      assertThat(channel.size()).isEqualTo(5);
      assertThatIllegalArgumentException().isThrownBy(() -> channel.position(-1));
      assertThatIllegalArgumentException().isThrownBy(() -> channel.truncate(-1));
    }
    assertThat(Files.readString(at("f"))).isEqualTo("hello");
  }

  @Test
  void channel_fills_the_middle_of_a_buffer() throws IOException {
    file("f", "abc");
    ByteBuffer whole = ByteBuffer.wrap("0123456789".getBytes(UTF_8));
    ByteBuffer part = whole.slice(2, 5);
    part.position(1);
    try (SeekableByteChannel channel = Files.newByteChannel(at("f"))) {
      assertThat(channel.read(part)).isEqualTo(3);
    }
    assertThat(part.position()).isEqualTo(4);
    assertThat(new String(whole.array(), UTF_8)).isEqualTo("012abc6789");
  }

  @Test
  void channel_does_only_what_it_was_opened_for() throws IOException {
    file("f", "text");
    try (SeekableByteChannel reader = Files.newByteChannel(at("f"))) {
      assertFails(NonWritableChannelException.class, () -> reader.write(bytes("x")));
      assertFails(NonWritableChannelException.class, () -> reader.truncate(0));
    }
    try (SeekableByteChannel writer = Files.newByteChannel(at("f"), WRITE)) {
      assertFails(NonReadableChannelException.class, () -> writer.read(ByteBuffer.allocate(1)));
    }
    SeekableByteChannel closed = Files.newByteChannel(at("f"));
    closed.close();
    closed.close();
    assertThat(closed.isOpen()).isFalse();
    assertFails(ClosedChannelException.class, () -> closed.read(ByteBuffer.allocate(1)));
    assertFails(ClosedChannelException.class, closed::size);
    assertFails(ClosedChannelException.class, closed::position);
    assertFails(ClosedChannelException.class, () -> closed.position(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.newByteChannel(at("f"), READ, APPEND));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.newByteChannel(at("f"), APPEND, TRUNCATE_EXISTING));
  }

  @Test
  void appending_channel_writes_at_the_end_wherever_it_is() throws IOException {
    file("f", "start");
    try (SeekableByteChannel channel = Files.newByteChannel(at("f"), APPEND)) {
      channel.position(0);
      channel.write(bytes(" end"));
    }
    assertThat(Files.readString(at("f"))).isEqualTo("start end");
  }

  @Test
  void truncating_needs_write_access_to_do_anything() throws IOException {
    file("f", "text");
    Files.newByteChannel(at("f"), READ, TRUNCATE_EXISTING).close();
    assertThat(Files.readString(at("f"))).isEqualTo("text");
    Files.newByteChannel(at("f"), WRITE, TRUNCATE_EXISTING).close();
    assertThat(Files.size(at("f"))).isZero();
  }

  @Test
  void file_opened_to_be_deleted_on_close_goes() throws IOException {
    try (SeekableByteChannel channel =
        Files.newByteChannel(at("f"), CREATE_NEW, WRITE, READ, DELETE_ON_CLOSE)) {
      channel.write(bytes("x"));
    }
    assertThat(Files.exists(at("f"))).isFalse();
  }

  @Test
  void open_file_lives_on_without_a_name() throws IOException {
    file("f", "text");
    try (SeekableByteChannel channel = Files.newByteChannel(at("f"))) {
      Files.delete(at("f"));
      file("f", "another");
      ByteBuffer buffer = ByteBuffer.allocate(10);
      assertThat(channel.read(buffer)).isEqualTo(4);
    }
  }

  // ---- copy and move

  @Test
  void copy_has_the_contents_and_replaces_only_when_told() throws IOException {
    file("f", "text");
    file("g", "old");
    assertFails(FileAlreadyExistsException.class, () -> Files.copy(at("f"), at("g")));
    assertThat(Files.copy(at("f"), at("g"), REPLACE_EXISTING)).isEqualTo(at("g"));
    assertThat(Files.readString(at("g"))).isEqualTo("text");
    Files.copy(at("f"), at("f"));
    Files.copy(at("f"), at("f"), REPLACE_EXISTING);
    assertThat(Files.readString(at("f"))).isEqualTo("text");
    assertFails(NoSuchFileException.class, () -> Files.copy(at("none"), at("x")));
    assertFails(NoSuchFileException.class, () -> Files.copy(at("f"), at("none/x")));
    file("full/x", "");
    assertFails(
        DirectoryNotEmptyException.class, () -> Files.copy(at("f"), at("full"), REPLACE_EXISTING));
  }

  @Test
  void copy_of_a_missing_file_leaves_the_target_alone() throws IOException {
    file("g", "old");
    assertFails(NoSuchFileException.class, () -> Files.copy(at("none"), at("g"), REPLACE_EXISTING));
    assertThat(Files.readString(at("g"))).isEqualTo("old");
  }

  @Test
  void copy_of_a_directory_is_empty_and_of_a_link_what_it_leads_to_unless_told()
      throws IOException {
    file("d/f", "text");
    Files.copy(at("d"), at("e"));
    assertThat(names(at("e"))).isEmpty();
    Files.createSymbolicLink(at("link"), rel("d/f"));
    Files.copy(at("link"), at("copied"));
    assertThat(Files.isSymbolicLink(at("copied"))).isFalse();
    assertThat(Files.readString(at("copied"))).isEqualTo("text");
    Files.copy(at("link"), at("link2"), NOFOLLOW_LINKS);
    assertThat(Files.readSymbolicLink(at("link2"))).hasToString("d/f");
  }

  private Path rel(String path) {
    return top.getFileSystem().getPath(path);
  }

  @Test
  void copy_keeps_attributes_when_told() throws IOException {
    file("f", "text");
    Files.setPosixFilePermissions(at("f"), PosixFilePermissions.fromString("rwxr-x---"));
    FileTime time = FileTime.from(Instant.parse("2001-02-03T04:05:06Z"));
    Files.setLastModifiedTime(at("f"), time);
    Files.copy(at("f"), at("g"), COPY_ATTRIBUTES);
    assertThat(Files.getLastModifiedTime(at("g"))).isEqualTo(time);
    assertThat(Files.getPosixFilePermissions(at("g")))
        .isEqualTo(PosixFilePermissions.fromString("rwxr-x---"));
    Files.copy(at("f"), at("h"));
    assertThat(Files.getLastModifiedTime(at("h"))).isNotEqualTo(time);
  }

  @Test
  void move_renames_and_replaces_only_when_told() throws IOException {
    file("f", "text");
    file("g", "old");
    assertFails(FileAlreadyExistsException.class, () -> Files.move(at("f"), at("g")));
    assertThat(Files.readString(at("g"))).isEqualTo("old");
    assertThat(Files.move(at("f"), at("g"), REPLACE_EXISTING)).isEqualTo(at("g"));
    assertThat(Files.exists(at("f"))).isFalse();
    assertThat(Files.readString(at("g"))).isEqualTo("text");
    assertFails(NoSuchFileException.class, () -> Files.move(at("none"), at("x")));
    assertFails(NoSuchFileException.class, () -> Files.move(at("g"), at("none/x")));
    file("d/f", "below");
    Files.move(at("d"), at("e"));
    assertThat(Files.readString(at("e/f"))).isEqualTo("below");
    assertFails(FileSystemException.class, () -> Files.move(at("e"), at("e/f2")));
  }

  @Test
  void move_to_itself_or_to_another_name_of_the_same_file_does_nothing() throws IOException {
    file("f", "text");
    Files.move(at("f"), at("f"));
    Files.createLink(at("g"), at("f"));
    Files.move(at("f"), at("g"));
    assertThat(Files.readString(at("f"))).isEqualTo("text");
    assertThat(Files.readString(at("g"))).isEqualTo("text");
  }

  @Test
  void move_replaces_what_is_there_whatever_it_is_unless_it_is_a_full_directory()
      throws IOException {
    file("f", "text");
    Files.createDirectory(at("empty"));
    Files.move(at("f"), at("empty"), REPLACE_EXISTING);
    assertThat(Files.readString(at("empty"))).isEqualTo("text");
    file("d/x", "below");
    Files.move(at("d"), at("empty"), REPLACE_EXISTING);
    assertThat(Files.readString(at("empty/x"))).isEqualTo("below");
    file("h", "");
    assertFails(
        DirectoryNotEmptyException.class, () -> Files.move(at("h"), at("empty"), REPLACE_EXISTING));
    assertThat(Files.exists(at("h"))).isTrue();
  }

  @Test
  void failing_move_leaves_the_target_alone() throws IOException {
    file("g", "old");
    assertFails(NoSuchFileException.class, () -> Files.move(at("none"), at("g"), REPLACE_EXISTING));
    assertThat(Files.readString(at("g"))).isEqualTo("old");
  }

  @Test
  void atomic_move_replaces_and_links_are_moved_themselves() throws IOException {
    file("f", "text");
    file("g", "old");
    Files.move(at("f"), at("g"), ATOMIC_MOVE);
    assertThat(Files.readString(at("g"))).isEqualTo("text");
    Files.createSymbolicLink(at("link"), rel("g"));
    Files.move(at("link"), at("moved"));
    assertThat(Files.isSymbolicLink(at("moved"))).isTrue();
    assertThat(Files.exists(at("g"))).isTrue();
  }

  // ---- links

  @Test
  void symbolic_links_lead_dangle_and_loop() throws IOException {
    file("d/f", "text");
    Files.createSymbolicLink(at("link"), rel("d/f"));
    assertThat(Files.readString(at("link"))).isEqualTo("text");
    assertThat(Files.isSymbolicLink(at("link"))).isTrue();
    assertThat(Files.isRegularFile(at("link"))).isTrue();
    assertThat(Files.isRegularFile(at("link"), NOFOLLOW_LINKS)).isFalse();
    assertThat(Files.isSameFile(at("link"), at("d/f"))).isTrue();
    assertThat(at("link").toRealPath()).isEqualTo(at("d/f").toRealPath());
    assertThat(at("link").toRealPath(NOFOLLOW_LINKS).getFileName()).hasToString("link");
    assertFails(NotLinkException.class, () -> Files.readSymbolicLink(at("d/f")));
    assertFails(NoSuchFileException.class, () -> Files.readSymbolicLink(at("none")));
    assertFails(
        FileAlreadyExistsException.class, () -> Files.createSymbolicLink(at("d"), rel("x")));
    Files.createSymbolicLink(at("dangling"), rel("nowhere"));
    assertThat(Files.exists(at("dangling"))).isFalse();
    assertThat(Files.exists(at("dangling"), NOFOLLOW_LINKS)).isTrue();
    assertFails(NoSuchFileException.class, () -> Files.readString(at("dangling")));
    Files.createSymbolicLink(at("loop"), rel("loop"));
    assertFails(FileSystemException.class, () -> Files.readString(at("loop")));
    Files.delete(at("link"));
    assertThat(Files.exists(at("d/f"))).isTrue();
    assertFails(
        IOException.class, () -> Files.newByteChannel(at("dangling"), READ, NOFOLLOW_LINKS));
  }

  @Test
  void walk_follows_links_when_told_and_notices_cycles() throws IOException {
    file("d/f", "text");
    Files.createSymbolicLink(at("d/up"), rel(".."));
    try (Stream<Path> walk = Files.walk(at("d"))) {
      assertThat(walk).hasSize(3);
    }
    List<String> failures = new ArrayList<>();
    Files.walkFileTree(
        at("d"),
        Set.of(FileVisitOption.FOLLOW_LINKS),
        10,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure) {
            failures.add(failure.getClass().getSimpleName());
            return FileVisitResult.CONTINUE;
          }
        });
    assertThat(failures).containsExactly(FileSystemLoopException.class.getSimpleName());
  }

  @Test
  void hard_links_are_the_same_file() throws IOException {
    file("f", "text");
    Files.createLink(at("g"), at("f"));
    Files.writeString(at("g"), "changed");
    assertThat(Files.readString(at("f"))).isEqualTo("changed");
    assertThat(Files.isSameFile(at("f"), at("g"))).isTrue();
    assertThat(Files.getAttribute(at("f"), "unix:nlink")).isEqualTo(2);
    assertThat(Files.readAttributes(at("f"), BasicFileAttributes.class).fileKey())
        .isEqualTo(Files.readAttributes(at("g"), BasicFileAttributes.class).fileKey());
    Files.delete(at("f"));
    assertThat(Files.readString(at("g"))).isEqualTo("changed");
    assertFails(FileAlreadyExistsException.class, () -> Files.createLink(at("g"), at("g")));
    assertFails(NoSuchFileException.class, () -> Files.createLink(at("x"), at("none")));
    Files.createDirectory(at("d"));
    assertFails(FileSystemException.class, () -> Files.createLink(at("x"), at("d")));
  }

  // ---- attributes

  @Test
  void basic_attributes_say_what_a_file_is() throws IOException {
    file("f", "text");
    BasicFileAttributes file = Files.readAttributes(at("f"), BasicFileAttributes.class);
    assertThat(file.isRegularFile()).isTrue();
    assertThat(file.size()).isEqualTo(4);
    assertThat(file.isDirectory() || file.isSymbolicLink() || file.isOther()).isFalse();
    assertThat(Files.readAttributes(at(""), BasicFileAttributes.class).isDirectory()).isTrue();
    assertThat(file.lastModifiedTime().toInstant())
        .isBetween(Instant.now().minusSeconds(600), Instant.now().plusSeconds(600));
    assertFails(
        NoSuchFileException.class,
        () -> Files.readAttributes(at("none"), BasicFileAttributes.class));
    assertThat(Files.getFileAttributeView(at("f"), BasicFileAttributeView.class).name())
        .isEqualTo("basic");
  }

  @Test
  void times_are_set_to_the_nanosecond_and_one_at_a_time() throws IOException {
    file("f", "text");
    FileTime modified = FileTime.from(Instant.parse("2001-02-03T04:05:06.123456789Z"));
    FileTime accessed = FileTime.from(Instant.parse("1999-02-03T04:05:06.5Z"));
    BasicFileAttributeView view = Files.getFileAttributeView(at("f"), BasicFileAttributeView.class);
    view.setTimes(modified, accessed, null);
    assertThat(view.readAttributes().lastModifiedTime()).isEqualTo(modified);
    assertThat(view.readAttributes().lastAccessTime()).isEqualTo(accessed);
    FileTime later = FileTime.from(Instant.parse("2020-01-01T00:00:00Z"));
    Files.setLastModifiedTime(at("f"), later);
    assertThat(Files.getLastModifiedTime(at("f"))).isEqualTo(later);
    Files.setAttribute(at("f"), "lastAccessTime", later);
    assertThat(Files.getAttribute(at("f"), "basic:lastAccessTime")).isEqualTo(later);
    view.setTimes(null, null, null);
    assertThat(Files.getLastModifiedTime(at("f"))).isEqualTo(later);
  }

  @Test
  void permissions_are_given_at_creation_and_changed() throws IOException {
    Set<PosixFilePermission> mine = PosixFilePermissions.fromString("rwx------");
    Files.createFile(at("f"), PosixFilePermissions.asFileAttribute(mine));
    Files.createDirectory(at("d"), PosixFilePermissions.asFileAttribute(mine));
    assertThat(Files.getPosixFilePermissions(at("f"))).isEqualTo(mine);
    assertThat(Files.getPosixFilePermissions(at("d"))).isEqualTo(mine);
    Set<PosixFilePermission> all = PosixFilePermissions.fromString("rw-rw-rw-");
    assertThat(Files.setPosixFilePermissions(at("f"), all)).isEqualTo(at("f"));
    PosixFileAttributes attributes = Files.readAttributes(at("f"), PosixFileAttributes.class);
    assertThat(attributes.permissions()).isEqualTo(all);
    assertThat(Files.getAttribute(at("f"), "unix:mode")).isEqualTo(0100666);
    Files.setAttribute(at("f"), "posix:permissions", mine);
    assertThat(Files.isExecutable(at("f"))).isTrue();
    PosixFileAttributeView view = Files.getFileAttributeView(at("f"), PosixFileAttributeView.class);
    view.setOwner(attributes.owner());
    view.setGroup(attributes.group());
    assertThat(view.getOwner()).isEqualTo(attributes.owner());
    assertThat(Files.getOwner(at("f"))).isEqualTo(attributes.owner());
  }

  @Test
  void attributes_are_read_by_name() throws IOException {
    file("f", "text");
    Map<String, Object> some = Files.readAttributes(at("f"), "size,isDirectory");
    assertThat(some).containsOnly(Map.entry("size", 4L), Map.entry("isDirectory", false));
    assertThat(Files.readAttributes(at("f"), "*"))
        .containsOnlyKeys(
            "size",
            "isDirectory",
            "isRegularFile",
            "isSymbolicLink",
            "isOther",
            "creationTime",
            "lastAccessTime",
            "lastModifiedTime",
            "fileKey");
    assertThat(Files.readAttributes(at("f"), "posix:*"))
        .containsKeys("permissions", "owner", "group", "size");
    assertThat(Files.readAttributes(at("f"), "unix:*"))
        .containsKeys("mode", "ino", "dev", "rdev", "nlink", "uid", "gid", "ctime");
    assertThat(Files.readAttributes(at("f"), "owner:*")).containsOnlyKeys("owner");
    assertThatIllegalArgumentException().isThrownBy(() -> Files.readAttributes(at("f"), "color"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.readAttributes(at("f"), "permissions"));
    assertFails(
        UnsupportedOperationException.class, () -> Files.readAttributes(at("f"), "acl:acl"));
    assertFails(
        UnsupportedOperationException.class, () -> Files.setAttribute(at("f"), "acl:acl", 1));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Files.setAttribute(at("f"), "basic:permissions", Set.of()));
    assertFails(
        ClassCastException.class, () -> Files.setAttribute(at("f"), "lastModifiedTime", "now"));
  }

  @Test
  void user_attributes_are_kept() throws IOException {
    file("f", "text");
    UserDefinedFileAttributeView view =
        Files.getFileAttributeView(at("f"), UserDefinedFileAttributeView.class);
    assertThat(view.write("note", bytes("value"))).isEqualTo(5);
    assertThat(view.list()).containsExactly("note");
    assertThat(view.size("note")).isEqualTo(5);
    ByteBuffer buffer = ByteBuffer.allocate(10);
    assertThat(view.read("note", buffer)).isEqualTo(5);
    assertThat(new String(buffer.array(), 0, 5, UTF_8)).isEqualTo("value");
    assertFails(IOException.class, () -> view.read("note", ByteBuffer.allocate(2)));
    assertThat((byte[]) Files.getAttribute(at("f"), "user:note")).asString().isEqualTo("value");
    Files.setAttribute(at("f"), "user:more", bytes("x"));
    assertThat(Files.readAttributes(at("f"), "user:*")).containsOnlyKeys("note", "more");
    view.delete("note");
    view.delete("more");
    assertThat(view.list()).isEmpty();
    assertFails(IOException.class, () -> view.delete("note"));
    assertFails(IOException.class, () -> view.size("note"));
  }

  // ---- paths

  @Test
  void paths_are_taken_apart_and_put_together() {
    Path path = top.getFileSystem().getPath("/a//b/../c/.");
    assertThat(path).hasToString("/a/b/../c/.");
    assertThat(path.normalize()).hasToString("/a/c");
    assertThat(path.getNameCount()).isEqualTo(5);
    assertThat(path.getName(0)).hasToString("a");
    assertThat(path.subpath(1, 3)).hasToString("b/..");
    assertThat(path.getParent()).hasToString("/a/b/../c");
    assertThat(path.getRoot()).hasToString("/");
    assertThat(path.startsWith("/a")).isTrue();
    assertThat(path.startsWith("/a/bb")).isFalse();
    assertThat(path.endsWith("c/.")).isTrue();
    assertThat(rel("a/b").relativize(rel("a/c/d"))).hasToString("../c/d");
    assertThat(rel("a").resolve("/b")).hasToString("/b");
    assertThat(rel("a").resolve("")).hasToString("a");
    assertThat(rel("a/b").resolveSibling("c")).hasToString("a/c");
    assertThat(rel("").getNameCount()).isEqualTo(1);
    assertThat(rel("").normalize()).hasToString("");
    assertThat(rel("a/..").normalize()).hasToString("");
    assertThat(rel("/..").normalize()).hasToString("/");
    assertThat(rel("../a").normalize()).hasToString("../a");
    assertThat(rel("a").compareTo(rel("b"))).isNegative();
    assertThat(rel("a")).isEqualTo(rel("a/")).hasSameHashCodeAs(rel("a/")).isNotEqualTo(rel("/a"));
    assertThat(rel("/").getFileName()).isNull();
    assertThat(rel("/").getParent()).isNull();
    assertThat(rel("/").getNameCount()).isZero();
    assertFails(InvalidPathException.class, () -> rel("a\0b"));
    assertThatIllegalArgumentException().isThrownBy(() -> rel("a").relativize(rel("/a")));
    assertThatIllegalArgumentException().isThrownBy(() -> rel("/").subpath(0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> rel("a").getName(1));
  }

  @Test
  void path_matchers_know_globs_and_regular_expressions() {
    assertThat(matches("glob:*.java", "A.java")).isTrue();
    assertThat(matches("glob:*.java", "a/A.java")).isFalse();
    assertThat(matches("glob:**.java", "a/A.java")).isTrue();
    assertThat(matches("glob:/home/*/*", "/home/gus/data")).isTrue();
    assertThat(matches("glob:[a-c]?", "bz")).isTrue();
    assertThat(matches("glob:[!a-c]?", "bz")).isFalse();
    assertThat(matches("glob:{a,b}{c,d}", "bd")).isTrue();
    assertThat(matches("regex:.*\\.java", "a/A.java")).isTrue();
    assertThatIllegalArgumentException().isThrownBy(() -> matches("*.java", "A.java"));
    assertThatIllegalArgumentException().isThrownBy(() -> matches("glob:[a", "a"));
    assertThatIllegalArgumentException().isThrownBy(() -> matches("glob:{a", "a"));
    assertFails(UnsupportedOperationException.class, () -> matches("sql:a", "a"));
  }

  private boolean matches(String pattern, String path) {
    PathMatcher matcher = top.getFileSystem().getPathMatcher(pattern);
    return matcher.matches(rel(path));
  }

  @Test
  void names_may_be_anything_but_slash_and_nul() throws IOException {
    for (String name : List.of(" ", "a\nb", "ümläut", "\uD83D\uDE00", "-", "*", "..a", "\\")) {
      file(name, name);
      assertThat(Files.readString(at(name))).isEqualTo(name);
    }
    assertThat(names(at(""))).hasSize(8).contains("ümläut", "\uD83D\uDE00");
    assertFails(FileSystemException.class, () -> Files.createFile(at("x".repeat(256))));
  }

  @Test
  void access_is_checked_and_a_file_store_found() throws IOException {
    file("f", "");
    Files.setPosixFilePermissions(at("f"), PosixFilePermissions.fromString("rw-------"));
    assertThat(Files.isReadable(at("f"))).isTrue();
    assertThat(Files.isWritable(at("f"))).isTrue();
    assertThat(Files.isExecutable(at("f"))).isFalse();
    assertThat(Files.isReadable(at("none"))).isFalse();
    assertThat(Files.isHidden(at(".f"))).isTrue();
    assertThat(Files.getFileStore(at("f")).supportsFileAttributeView("posix")).isTrue();
    assertThat(Files.getFileStore(at("f")).getTotalSpace()).isPositive();
    assertFails(NoSuchFileException.class, () -> Files.getFileStore(at("none")));
  }
}
