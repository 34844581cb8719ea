package io.vivarium.nio;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.Command;
import io.vivarium.Mount;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The files of a machine keep the contract, and what is special about them. */
class MachineFilesTest extends FilesContract {
  private static Vivarium vivarium;
  private static VirtualMachine machine;
  private static int count;

  @BeforeAll
  static void start() {
    vivarium = Vivarium.create();
    machine = vivarium.machine(options -> options.mount("/mnt", Mount.memory(1 << 20, 100)));
  }

  @AfterAll
  static void stop() {
    machine.close();
    vivarium.close();
  }

  @Override
  Path newDirectory() throws IOException {
    return Files.createDirectory(machine.files().getPath("/tmp/top" + count++));
  }

  private static String sh(String script) {
    return machine
        .exec(Command.shell(script).withUser("root").withTimeout(Duration.ofSeconds(60)))
        .stdoutText();
  }

  @Test
  void guest_and_host_see_the_same_files() throws IOException {
    file("f", "from the host\n");
    assertThat(sh("cat " + at("f"))).isEqualTo("from the host\n");
    sh("echo from the guest >" + at("f") + "; ln -s f " + at("link"));
    assertThat(Files.readString(at("link"))).isEqualTo("from the guest\n");
    assertThat(sh("stat -c %a:%u " + at("f"))).isEqualTo("644:0\n");
  }

  @Test
  void times_before_1970_are_kept() throws IOException {
    file("f", "");
    FileTime before = FileTime.from(Instant.parse("1960-01-01T00:00:00.25Z"));
    Files.setLastModifiedTime(at("f"), before);
    assertThat(Files.getLastModifiedTime(at("f"))).isEqualTo(before);
  }

  @Test
  void names_that_are_not_utf_8_are_shown_and_found() throws IOException {
    Files.writeString(at("a\uDCFFb"), "text");
    List<Path> entries;
    try (Stream<Path> list = Files.list(at(""))) {
      entries = list.toList();
    }
    assertThat(entries).containsExactly(at("a\uDCFFb"));
    Files.move(entries.getFirst(), at("plain"));
    assertThat(Files.readString(at("plain"))).isEqualTo("text");
  }

  @Test
  void mounts_are_crossed_by_copying_unless_the_move_is_to_be_atomic() throws IOException {
    Path there = machine.files().getPath("/mnt/f" + count);
    file("f", "text");
    assertFails(
        AtomicMoveNotSupportedException.class,
        () -> Files.move(at("f"), there, StandardCopyOption.ATOMIC_MOVE));
    Files.move(at("f"), there);
    assertThat(Files.readString(there)).isEqualTo("text");
    assertThat(Files.exists(at("f"))).isFalse();
    assertFails(FileSystemException.class, () -> Files.createLink(at("g"), there));
    file("d/x", "");
    Path full = machine.files().getPath("/mnt/d" + count);
    assertFails(DirectoryNotEmptyException.class, () -> Files.move(at("d"), full));
    assertThat(Files.getFileStore(there)).isNotEqualTo(Files.getFileStore(at("d")));
    assertThat(Files.getFileStore(there)).isEqualTo(Files.getFileStore(there));
  }

  @Test
  void mount_points_and_read_only_mounts_refuse_changes() throws IOException {
    Path point = machine.files().getPath("/mnt");
    assertFails(FileSystemException.class, () -> Files.delete(point));
    Path command = machine.files().getPath("/usr/bin/cat");
    assertThat(Files.isWritable(command)).isFalse();
    assertFails(FileSystemException.class, () -> Files.delete(command));
    assertFails(
        FileSystemException.class,
        () -> Files.newByteChannel(command, StandardOpenOption.WRITE).close());
    assertThat(Files.getFileStore(command).isReadOnly()).isTrue();
  }

  @Test
  void full_file_system_says_so() throws IOException {
    Path big = machine.files().getPath("/mnt/big");
    assertFails(FileSystemException.class, () -> Files.write(big, new byte[2 << 20]));
    assertThat(Files.size(big)).isLessThanOrEqualTo(1 << 20);
    Files.delete(big);
  }

  @Test
  void files_are_copied_between_machine_and_host(@TempDir Path host) throws IOException {
    Path outside = Files.writeString(host.resolve("f"), "text");
    Files.copy(outside, at("f"));
    assertThat(Files.readString(at("f"))).isEqualTo("text");
    Files.move(at("f"), host.resolve("g"));
    assertThat(Files.readString(host.resolve("g"))).isEqualTo("text");
    assertThat(Files.exists(at("f"))).isFalse();
  }

  @Test
  void paths_of_another_machine_or_provider_are_refused() throws IOException {
    try (VirtualMachine other = vivarium.machine()) {
      FileSystem files = other.files();
      assertThat(files).isNotEqualTo(machine.files());
      assertThat(files.provider()).isNotEqualTo(machine.files().provider());
      assertThat(machine.files().provider()).isSameAs(at("").getFileSystem().provider());
      assertThat(files.getPath("/a")).isNotEqualTo(machine.files().getPath("/a"));
      assertFails(
          ProviderMismatchException.class, () -> at("a").resolve(files.getPath("b")).getParent());
      assertFails(
          ProviderMismatchException.class,
          () -> machine.files().provider().delete(files.getPath("/tmp")));
      assertThat(at("").startsWith(Path.of("/tmp"))).isFalse();
      assertThat(Files.isSameFile(at(""), files.getPath("/tmp"))).isFalse();
      Files.copy(file("f", "text"), files.getPath("/tmp/f"));
      assertThat(Files.readString(files.getPath("/tmp/f"))).isEqualTo("text");
    }
    assertFails(ClassCastException.class, () -> at("a").compareTo(Path.of("a")));
  }

  @Test
  void files_of_a_closed_machine_are_closed() throws IOException {
    VirtualMachine short_lived = vivarium.machine();
    FileSystem files = short_lived.files();
    Path file = Files.writeString(files.getPath("/tmp/f"), "text");
    SeekableByteChannel channel = Files.newByteChannel(file);
    assertThat(files.isOpen()).isTrue();
    short_lived.close();
    assertThat(files.isOpen()).isFalse();
    assertFails(ClosedFileSystemException.class, () -> Files.readString(file));
    assertFails(ClosedFileSystemException.class, () -> Files.createDirectory(file));
    assertFails(ClosedFileSystemException.class, () -> Files.size(file));
    channel.close();
  }

  @Test
  void other_users_files_are_closed_to_guests_but_not_to_the_host() throws IOException {
    file("secret", "text");
    sh("chmod 600 " + at("secret"));
    assertThat(machine.exec("cat " + at("secret")).succeeded()).isFalse();
    assertThat(Files.readString(at("secret"))).isEqualTo("text");
    assertThat(Files.isExecutable(at("secret"))).isFalse();
    Files.setAttribute(at("secret"), "unix:uid", 1000);
    assertThat(machine.exec("cat " + at("secret")).stdoutText()).isEqualTo("text");
    assertFails(
        AccessDeniedException.class,
        () ->
            at("")
                .getFileSystem()
                .provider()
                .checkAccess(at("secret"), java.nio.file.AccessMode.EXECUTE));
  }

  @Test
  void host_waiting_for_a_fifo_can_be_interrupted() throws Exception {
    sh("mkfifo " + at("pipe"));
    Thread reader =
        Thread.ofVirtual()
            .start(() -> assertFails(IOException.class, () -> Files.readString(at("pipe"))));
    Thread.sleep(50);
    reader.interrupt();
    assertThat(reader.join(Duration.ofSeconds(30))).isTrue();
  }

  @Test
  void name_with_half_a_character_is_no_path_or_no_file() {
    try {
      Path odd = at("x\uD800y");
      assertFails(IOException.class, () -> Files.readString(odd));
    } catch (InvalidPathException e) {
      assertThat(e.getInput()).contains("x");
    }
  }

  @Test
  void root_has_the_usual_directories_and_no_parent() throws IOException {
    Path root = machine.files().getRootDirectories().iterator().next();
    assertThat(root).hasToString("/");
    try (Stream<Path> entries = Files.list(root)) {
      assertThat(entries.map(Path::toString)).contains("/bin", "/dev", "/etc", "/tmp", "/usr");
    }
    assertThat(machine.files().getPath("etc").toAbsolutePath()).hasToString("/etc");
    assertThat(Files.isSameFile(machine.files().getPath("etc"), root.resolve("etc"))).isTrue();
  }
}
