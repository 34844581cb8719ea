package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENXIO;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EROFS;
import static io.vivarium.kernel.errno.Errno.ESTALE;
import static io.vivarium.kernel.fs.FileSystemContract.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.io.IOException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What providers throw, keep back and cannot do, and what of it a guest sees. */
@Timeout(60)
class NioFileSystemTest {
  @TempDir Path directory;

  private static String read(Inode file) {
    byte[] bytes = new byte[200];
    return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), UTF_8);
  }

  private static void write(Inode file, long position, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    assertThat(file.write(position, bytes, 0, bytes.length)).isEqualTo(bytes.length);
  }

  private static Inode file(Inode parent, String name, String text) {
    Inode file = parent.create(name, NewInode.regular(0644, 0, 0));
    write(file, 0, text);
    return file;
  }

  private FileSystem zip() throws IOException {
    return FileSystems.newFileSystem(directory.resolve("f.zip"), Map.of("create", "true"));
  }

  // ---- errors ----------------------------------------------------------------------------------

  @Test
  void whatever_a_provider_throws_becomes_an_errno() {
    Map<Throwable, Errno> expected = new LinkedHashMap<>();
    expected.put(new NoSuchFileException("/host/path"), Errno.ENOENT);
    expected.put(new FileAlreadyExistsException("/host/path"), Errno.EEXIST);
    expected.put(new DirectoryNotEmptyException("/host/path"), Errno.ENOTEMPTY);
    expected.put(new AccessDeniedException("/host/path"), Errno.EACCES);
    expected.put(new NotDirectoryException("/host/path"), Errno.ENOTDIR);
    expected.put(new NotLinkException("/host/path"), Errno.EINVAL);
    expected.put(new InvalidPathException("x", "why"), Errno.EINVAL);
    expected.put(new AtomicMoveNotSupportedException("a", "b", "why"), Errno.EXDEV);
    expected.put(new ReadOnlyFileSystemException(), Errno.EROFS);
    expected.put(new UnsupportedOperationException(), Errno.EOPNOTSUPP);
    expected.put(new NonWritableChannelException(), Errno.EACCES);
    expected.put(new SecurityException("no"), Errno.EACCES);
    expected.put(new ClosedFileSystemException(), Errno.EIO);
    expected.put(new FileSystemException("f", null, "No space left on device"), Errno.ENOSPC);
    expected.put(new FileSystemException("f", null, "Is a directory"), Errno.EISDIR);
    expected.put(new FileSystemException("f", null, "something new"), Errno.EIO);
    expected.put(new FileSystemException("f"), Errno.EIO);
    expected.put(new IOException("Disk quota exceeded"), Errno.EDQUOT);
    expected.put(new IOException(), Errno.EIO);
    expected.put(new DirectoryIteratorException(new NoSuchFileException("d")), Errno.ENOENT);
    expected.put(new IllegalStateException("a bug of the provider"), Errno.EIO);
    expected.put(new NullPointerException(), Errno.EIO);
    expected.put(new AssertionError("boom"), Errno.EIO);
    expected.put(new StackOverflowError(), Errno.EIO);
    expected.put(new OutOfMemoryError(), Errno.ENOMEM);
    expected.put(Errno.ELOOP.exception(), Errno.ELOOP);
    expected.forEach((thrown, errno) -> {
      assertThat(NioErrors.errno(thrown)).as(thrown.toString()).isEqualTo(errno);
      assertThatThrownBy(() -> NioErrors.tell(() -> sneak(thrown)))
          .isSameAs(errno.exception())
          .hasNoCause();
    });
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable thrown) throws T {
    throw (T) thrown;
  }

  @Test
  void provider_that_is_closed_under_a_mount_answers_eio() throws IOException {
    FileSystem provider = Jimfs.newFileSystem(Configuration.unix());
    Files.createDirectory(provider.getPath("/shown"));
    NioFileSystem mounted = NioFileSystem.open(provider.getPath("/shown"));
    Inode file = file(mounted.root(), "f", "x");
    file.opened();
    provider.close();
    assertFails(EIO, () -> mounted.root().lookup("f"));
    assertFails(EIO, () -> read(file));
    assertFails(EIO, () -> mounted.root().create("g", NewInode.regular(0644, 0, 0)));
    assertFails(EIO, () -> mounted.root().readDirectory(0, (name, ino, type, cookie) -> true));
    assertThat(mounted.statFs().totalBytes()).isPositive();
    file.closed();
    mounted.close();
  }

  @Test
  void only_directories_can_be_opened() throws IOException {
    Path file = Files.createFile(directory.resolve("f"));
    assertThatThrownBy(() -> NioFileSystem.open(file)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> NioFileSystem.open(directory.resolve("none")))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> NioOptions.defaults().withChannels(1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // ---- read only -------------------------------------------------------------------------------

  private static void assertRefusesEveryChange(Inode root, Inode file, Inode dir) {
    byte[] one = {1};
    Map<String, ThrowingCallable> changes = new LinkedHashMap<>();
    changes.put("open", () -> file.prepareOpen(OpenFlags.O_RDWR));
    changes.put("open O_TRUNC", () -> file.prepareOpen(OpenFlags.O_TRUNC));
    changes.put("write", () -> file.write(0, one, 0, 1));
    changes.put("append", () -> file.append(one, 0, 1));
    changes.put("truncate", () -> file.truncate(0));
    changes.put("allocate", () -> file.allocate(AllocateMode.RESERVE, 0, 1));
    changes.put("chmod", () -> file.setAttributes(AttributeChange.mode(0600)));
    changes.put("utimens", () -> file.setAttributes(AttributeChange.times(1, 1)));
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
    assertThat(read(file)).isEqualTo("kept");
    file.sync();
  }

  @Test
  void read_only_option_refuses_every_change() throws IOException {
    Files.writeString(directory.resolve("f"), "kept");
    Files.createDirectory(directory.resolve("d"));
    try (NioFileSystem mounted =
        NioFileSystem.open(directory, NioOptions.defaults().asReadOnly())) {
      Inode root = mounted.root();
      assertThat(mounted.readOnly()).isTrue();
      assertRefusesEveryChange(root, root.lookup("f"), root.lookup("d"));
    }
  }

  @Test
  void provider_that_is_read_only_refuses_every_change() throws IOException {
    Path file = directory.resolve("f.zip");
    try (FileSystem zip = zip()) {
      Files.writeString(zip.getPath("/f"), "kept");
      Files.createDirectory(zip.getPath("/d"));
    }
    try (FileSystem zip = FileSystems.newFileSystem(file, Map.of("accessMode", "readOnly"));
        NioFileSystem mounted = NioFileSystem.open(zip.getPath("/"))) {
      Inode root = mounted.root();
      assertThat(mounted.readOnly()).isTrue();
      assertRefusesEveryChange(root, root.lookup("f"), root.lookup("d"));
    }
  }

  // ---- archives --------------------------------------------------------------------------------

  @Test
  void what_guests_write_into_a_zip_file_is_in_the_zip_file() throws IOException {
    try (FileSystem zip = zip();
        NioFileSystem mounted = NioFileSystem.open(zip.getPath("/"))) {
      Inode dir = mounted.root().create("dir", NewInode.directory(0755, 0, 0));
      Inode file = dir.create("f", NewInode.regular(0644, 0, 0));
      file.prepareOpen(OpenFlags.O_RDWR);
      file.opened();
      write(file, 0, "hello world");
      write(file, 6, "there");
      assertThat(file.size()).isEqualTo(11);
      assertThat(read(file)).isEqualTo("hello there");
      dir.rename("f", file, mounted.root(), "moved", null, 0);
      write(file, 0, "HELLO");
      file.setAttributes(
          AttributeChange.times(1_600_000_000_000_000_000L, 1_500_000_000_000_000_000L));
      file.closed();
      assertThat(file.stat().modificationTime()).isEqualTo(1_500_000_000_000_000_000L);
    }
    try (FileSystem zip = zip()) {
      assertThat(Files.readString(zip.getPath("/moved"))).isEqualTo("HELLO there");
      assertThat(zip.getPath("/dir")).isEmptyDirectory();
    }
  }

  @Test
  void file_removed_from_a_zip_file_while_in_use_is_gone_and_stays_gone() throws IOException {
    try (FileSystem zip = zip();
        NioFileSystem mounted = NioFileSystem.open(zip.getPath("/"))) {
      Inode file = file(mounted.root(), "f", "text");
      file.prepareOpen(OpenFlags.O_RDWR);
      file.opened();
      write(file, 0, "TEXT");
      mounted.root().unlink("f", file);
      assertFails(ESTALE, () -> read(file));
      assertFails(ESTALE, () -> write(file, 0, "x"));
      assertThat(file.stat().links()).isZero();
      file.closed();
      assertFails(ENOENT, () -> mounted.root().lookup("f"));
    }
    try (FileSystem zip = zip()) {
      assertThat(zip.getPath("/")).isEmptyDirectory();
    }
  }

  @Test
  void two_files_never_have_one_number() throws IOException {
    try (FileSystem zip = zip();
        NioFileSystem mounted = NioFileSystem.open(zip.getPath("/"))) {
      Inode root = mounted.root();
      Inode old = file(root, "f", "old");
      root.rename("f", old, root, "g", null, 0);
      Inode fresh = file(root, "f", "new");
      assertThat(fresh).isNotSameAs(old);
      assertThat(fresh.ino()).isNotEqualTo(old.ino());
      assertThat(root.lookup("g")).isSameAs(old);
      assertThat(read(old)).isEqualTo("old");
    }
  }

  // ---- channels --------------------------------------------------------------------------------

  @Test
  void many_open_files_share_few_channels() throws IOException {
    try (NioFileSystem mounted =
        NioFileSystem.open(directory, NioOptions.defaults().withChannels(4))) {
      List<Inode> files = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        Inode file = mounted.root().create("f" + i, NewInode.regular(0644, 0, 0));
        file.prepareOpen(OpenFlags.O_RDWR);
        file.opened();
        files.add(file);
      }
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 40; i++) {
          byte[] text = ("round " + round + ";").getBytes(UTF_8);
          files.get(i).append(text, 0, text.length);
        }
        assertThat(mounted.openChannels()).isLessThanOrEqualTo(4);
      }
      files.forEach(file -> assertThat(read(file)).isEqualTo("round 0;round 1;round 2;"));
      files.forEach(Inode::closed);
      assertThat(mounted.openChannels()).isZero();
    }
  }

  @Test
  void interrupt_of_a_stopped_guest_breaks_no_file() throws Exception {
    try (NioFileSystem mounted = NioFileSystem.open(directory)) {
      Inode file = mounted.root().create("f", NewInode.regular(0644, 0, 0));
      file.prepareOpen(OpenFlags.O_RDWR);
      file.opened();
      Thread.currentThread().interrupt();
      write(file, 0, "hello");
      assertThat(Thread.interrupted()).isTrue();
      assertThat(read(file)).isEqualTo("hello");

      byte[] line = "a whole line\n".getBytes(UTF_8);
      file.truncate(0);
      Thread writer =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 500; i++) {
                  file.append(line, 0, line.length);
                }
              });
      while (writer.isAlive()) {
        writer.interrupt();
        Thread.sleep(1);
      }
      assertThat(file.size()).isEqualTo(500L * line.length);
      file.closed();
      assertThat(Files.readAllLines(directory.resolve("f")))
          .hasSize(500)
          .containsOnly("a whole line");
    }
  }

  // ---- the host's provider ---------------------------------------------------------------------

  @Test
  void symlinks_are_not_followed_by_the_provider() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("secret"), "secret");
    Path shown = Files.createDirectories(directory.resolve("shown/d")).getParent();
    try (NioFileSystem mounted = NioFileSystem.open(shown)) {
      Inode root = mounted.root();
      Inode link = root.create("l", NewInode.symlink(outside.toString(), 0, 0));
      assertThat(link.type()).isEqualTo(FileType.SYMLINK);
      assertThat(link.readLink()).isEqualTo(outside.toString());
      assertThatThrownBy(() -> link.lookup("secret")).isSameAs(Errno.ENOTDIR.exception());
      // A directory in use that the host replaces by a symlink does not lead there either.
      Inode dir = root.lookup("d");
      dir.opened();
      Files.delete(shown.resolve("d"));
      Files.createSymbolicLink(shown.resolve("d"), outside);
      assertFails(ENOENT, () -> dir.lookup("secret"));
      assertFails(ENOENT, () -> dir.create("new", NewInode.regular(0644, 0, 0)));
      assertThat(outside.resolve("new")).doesNotExist();
      dir.closed();
    }
  }

  @Test
  void special_files_are_shown_and_stay_closed() throws Exception {
    assertThat(new ProcessBuilder("mkfifo", directory.resolve("p").toString()).start().waitFor())
        .isZero();
    try (NioFileSystem mounted = NioFileSystem.open(directory)) {
      Inode fifo = mounted.root().lookup("p");
      assertThat(fifo.type()).isEqualTo(FileType.FIFO);
      assertFails(ENXIO, () -> fifo.prepareOpen(OpenFlags.O_RDONLY));
      assertThatThrownBy(() -> read(fifo)).isSameAs(Errno.EINVAL.exception());
      assertFails(
          EPERM, () -> mounted.root().create("q", NewInode.node(FileType.FIFO, 0644, 0, 0, 0)));
    }
  }

  @Test
  void nothing_tells_where_the_tree_is_on_the_host() throws IOException {
    try (NioFileSystem mounted = NioFileSystem.open(directory)) {
      assertThat(mounted.source()).isEqualTo("nio");
      assertThat(mounted.root().toString()).doesNotContain(directory.toString());
      assertFails(EPERM, () -> mounted.root().setAttributes(AttributeChange.owner(0, 0, 0755)));
      assertThat(mounted.root().uid()).isEqualTo(1000);
    }
  }
}
