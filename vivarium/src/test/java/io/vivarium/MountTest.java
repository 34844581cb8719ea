package io.vivarium;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.vivarium.kernel.fs.host.HostDirectoryFileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryOptions;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What can be mounted in a machine, and what guests can do with it. */
class MountTest {
  private static Vivarium vivarium;

  @TempDir private Path temporary;
  private Path shared;

  @BeforeAll
  static void start() {
    vivarium = Vivarium.create();
  }

  @AfterAll
  static void stop() {
    vivarium.close();
  }

  @BeforeEach
  void make_a_directory_with_a_file() throws IOException {
    shared = Files.createDirectory(temporary.resolve("shared"));
    Files.writeString(shared.resolve("f"), "host text\n");
  }

  private static ExecResult sh(VirtualMachine machine, String script) {
    return machine.exec(Command.shell(script).withUser("root").withTimeout(Duration.ofSeconds(60)));
  }

  private static String out(VirtualMachine machine, String script) {
    ExecResult result = sh(machine, script);
    assertThat(result.stderrText()).isEmpty();
    return result.stdoutText();
  }

  private static void assertFails(VirtualMachine machine, String script, String message) {
    ExecResult result = sh(machine, script);
    assertThat(result.succeeded()).isFalse();
    assertThat(result.stderrText()).contains(message);
  }

  // ---- host directories

  @Test
  @EnabledOnOs(OS.LINUX)
  void host_directory_is_read_and_written_live() throws IOException {
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/work/dir", Mount.hostDirectory(shared)))) {
      assertThat(out(machine, "cat /work/dir/f")).isEqualTo("host text\n");
      assertThat(out(machine, "echo guest >/work/dir/g; mkdir /work/dir/d")).isEmpty();
      assertThat(shared.resolve("g")).hasContent("guest\n");
      assertThat(shared.resolve("d")).isDirectory();
      Files.writeString(shared.resolve("later"), "later\n");
      assertThat(out(machine, "cat /work/dir/later; rm /work/dir/f")).isEqualTo("later\n");
      assertThat(shared.resolve("f")).doesNotExist();
    }
    assertThat(shared.resolve("g")).exists();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void read_only_host_directory_refuses_every_change() {
    Mount mount = Mount.hostDirectory(shared).readOnly();
    assertThat(mount.isReadOnly()).isTrue();
    try (VirtualMachine machine = vivarium.machine(options -> options.mount("/ro", mount))) {
      assertThat(out(machine, "cat /ro/f")).isEqualTo("host text\n");
      for (String change :
          List.of("touch /ro/g", "rm /ro/f", "mkdir /ro/d", "mv /ro/f /ro/g", "ln -s x /ro/l")) {
        assertFails(machine, change, "Read-only file system");
      }
      assertFails(machine, "echo x >>/ro/f", "ead-only");
    }
    assertThat(shared.resolve("f")).hasContent("host text\n");
    assertThat(shared.toFile().list()).containsExactly("f");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void guests_make_a_host_directory_grow_up_to_its_limit() {
    Mount mount = Mount.hostDirectory(shared, 20_000);
    try (VirtualMachine machine = vivarium.machine(options -> options.mount("/work", mount))) {
      assertThat(out(machine, "head -c 10000 /dev/zero >/work/g")).isEmpty();
      assertFails(machine, "head -c 10000 /dev/zero >>/work/g", "o space left on device");
      assertFails(machine, "mkdir /work/d", "o space left on device");
      assertThat(out(machine, "rm /work/g; head -c 10000 /dev/zero >/work/h")).isEmpty();
    }
    assertThat(shared.resolve("h")).hasSize(10_000);
    assertThatIllegalArgumentException().isThrownBy(() -> Mount.hostDirectory(shared, -1));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void symlinks_of_a_host_directory_lead_to_guest_paths_only() throws IOException {
    Path secret = Files.writeString(temporary.resolve("secret"), "host secret\n");
    Files.createSymbolicLink(shared.resolve("absolute"), secret);
    Files.createSymbolicLink(shared.resolve("relative"), Path.of("../secret"));
    Files.createSymbolicLink(shared.resolve("etc"), Path.of("/etc"));
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/in", Mount.hostDirectory(shared)))) {
      String attack =
          "cd /in; ln -s ../../../.."
              + secret
              + " made; ln -s .. up; cat absolute relative made"
              + " up/secret ../secret; cat /in/../secret; echo x >relative; ls up/";
      ExecResult result = sh(machine, attack);
      assertThat(result.stdoutText()).doesNotContain("host secret");
      assertThat(result.stdoutText()).contains("usr");
      assertThat(out(machine, "head -1 /in/etc/passwd")).startsWith("root:");
    }
    assertThat(secret).hasContent("host secret\n");
    assertThat(temporary.resolve("x")).doesNotExist();
    Files.delete(shared.resolve("etc"));
  }

  @Test
  void what_cannot_be_mounted_is_told_and_nothing_stays_behind() {
    Mount missing = Mount.hostDirectory(temporary.resolve("none"));
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(() -> vivarium.machine(options -> options.mount("/m", missing)).close());
    assertThatExceptionOfType(VivariumException.class)
        .isThrownBy(
            () -> vivarium.machine(o -> o.mount("/m", Mount.nio(shared.resolve("f")))).close());
    try (VirtualMachine machine = vivarium.machine()) {
      assertThatExceptionOfType(VivariumException.class)
          .isThrownBy(() -> machine.mount("/etc/passwd", Mount.memory(1 << 20, 10)));
      assertThatExceptionOfType(VivariumException.class)
          .isThrownBy(() -> machine.mount("/m", missing));
      for (String path : List.of("m", "/", "", "/a/../b", "//", "/.")) {
        assertThatIllegalArgumentException()
            .isThrownBy(() -> machine.mount(path, Mount.memory(1, 1)));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> vivarium.machine(o -> o.mount(path, Mount.memory(1, 1))).close());
      }
    }
  }

  // ---- the tree of mounts

  @Test
  void mounts_nest_cover_and_come_off_in_turn() {
    try (VirtualMachine machine = vivarium.machine()) {
      machine.mount("/m", Mount.memory(1 << 20, 100));
      machine.mount("/m/in//ner/", Mount.memory(1 << 20, 100));
      assertThat(out(machine, "echo 1 >/m/in/ner/f; echo 2 >/m/f; cat /m/in/ner/f /m/f"))
          .isEqualTo("1\n2\n");
      assertThatExceptionOfType(VivariumException.class)
          .isThrownBy(() -> machine.unmount("/m"))
          .withMessageContaining("busy");
      machine.mount("/m/in/ner", Mount.memory(1 << 20, 100));
      assertThat(out(machine, "ls /m/in/ner")).isEmpty();
      machine.unmount("/m/in/ner");
      assertThat(out(machine, "cat /m/in/ner/f")).isEqualTo("1\n");
      machine.unmount("/m/in/ner/");
      assertThat(out(machine, "ls /m/in/ner; cat /m/f")).isEqualTo("2\n");
      machine.unmount("/m");
      assertThat(out(machine, "ls /m")).isEmpty();
      assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> machine.unmount("/m"));
      assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> machine.unmount("/usr"));
    }
  }

  @Test
  void mount_in_use_cannot_be_removed() throws Exception {
    try (VirtualMachine machine = vivarium.machine()) {
      machine.mount("/m", Mount.memory(1 << 20, 100));
      Path file = Files.writeString(machine.files().getPath("/m/f"), "text");
      try (SeekableByteChannel channel = Files.newByteChannel(file)) {
        assertThat(channel.size()).isEqualTo(4);
        assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> machine.unmount("/m"));
      }
      try (GuestProcess inside =
          machine.spawn(Command.of("sleep", "1000").withWorkingDirectory("/m"))) {
        assertThatExceptionOfType(VivariumException.class).isThrownBy(() -> machine.unmount("/m"));
        inside.kill();
        assertThat(inside.waitFor()).isEqualTo(128 + 9);
      }
      machine.unmount("/m");
    }
  }

  @Test
  void links_and_renames_stay_within_a_mount_and_mv_copies() {
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/m", Mount.memory(1 << 20, 100)))) {
      out(machine, "echo text >/tmp/f");
      assertFails(machine, "ln /tmp/f /m/f", "ross-device");
      assertThat(out(machine, "mv /tmp/f /m/f && cat /m/f && ls /tmp")).isEqualTo("text\n");
      assertThat(sh(machine, "rmdir /m").succeeded()).isFalse();
      assertThat(sh(machine, "mv /m /n").succeeded()).isFalse();
      assertThat(out(machine, "cat /m/f")).isEqualTo("text\n");
    }
  }

  @Test
  void memory_keeps_to_its_limits() {
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/m", Mount.memory(100_000, 10)))) {
      assertFails(machine, "head -c 200000 /dev/zero >/m/big", "No space left");
      assertFails(machine, "rm /m/big; for i in $(seq 20); do mkdir /m/$i; done", "No space left");
    }
  }

  // ---- other providers

  @Test
  void zip_file_is_read_and_written_as_a_directory() throws IOException {
    Path zip = temporary.resolve("files.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
      Files.writeString(files.getPath("/packed"), "from the zip\n");
      Files.createDirectory(files.getPath("/d"));
      Mount mount = Mount.nio(files.getPath("/"));
      try (VirtualMachine machine = vivarium.machine(options -> options.mount("/zip", mount))) {
        assertThat(out(machine, "cat /zip/packed; ls /zip")).isEqualTo("from the zip\nd\npacked\n");
        assertThat(out(machine, "echo made >/zip/d/new && cat /zip/d/new")).isEqualTo("made\n");
      }
      try (VirtualMachine machine =
          vivarium.machine(options -> options.mount("/zip", mount.readOnly()))) {
        assertFails(machine, "rm /zip/packed", "Read-only file system");
      }
    }
    try (FileSystem files = FileSystems.newFileSystem(zip)) {
      assertThat(Files.readString(files.getPath("/d/new"))).isEqualTo("made\n");
      assertThat(Files.readString(files.getPath("/packed"))).isEqualTo("from the zip\n");
    }
  }

  @Test
  void tree_of_one_machine_is_mounted_in_another() throws IOException {
    try (VirtualMachine first = vivarium.machine();
        VirtualMachine second = vivarium.machine()) {
      Files.writeString(first.files().getPath("/tmp/f"), "of the first\n");
      second.mount("/first", Mount.nio(first.files().getPath("/tmp")));
      assertThat(out(second, "cat /first/f; echo x >/first/g")).isEqualTo("of the first\n");
      assertThat(out(first, "cat /tmp/g")).isEqualTo("x\n");
    }
  }

  @Test
  void file_system_of_the_program_is_made_for_each_machine() {
    Mount mount = Mount.of(() -> new MemoryFileSystem(StorageLimits.of(1 << 20, 100)));
    try (VirtualMachine one = vivarium.machine(options -> options.mount("/m", mount));
        VirtualMachine two = vivarium.machine(options -> options.mount("/m", mount))) {
      out(one, "echo x >/m/f");
      assertThat(out(two, "ls /m")).isEmpty();
    }
  }

  // ---- overlays

  @Test
  @EnabledOnOs(OS.LINUX)
  void overlay_over_a_host_directory_is_written_without_touching_it() throws IOException {
    Files.createDirectory(shared.resolve("d"));
    Files.writeString(shared.resolve("d/below"), "below\n");
    Mount mount = Mount.overlay(Mount.hostDirectory(shared));
    try (VirtualMachine machine = vivarium.machine(options -> options.mount("/m", mount));
        VirtualMachine other = vivarium.machine(options -> options.mount("/m", mount))) {
      assertThat(out(machine, "cat /m/f /m/d/below")).isEqualTo("host text\nbelow\n");
      assertThat(out(machine, "cd /m; echo more >>f; rm d/below; mv d e; echo new >e/n; cat f"))
          .isEqualTo("host text\nmore\n");
      assertThat(out(machine, "ls /m /m/e")).isEqualTo("/m:\ne\nf\n\n/m/e:\nn\n");
      assertThat(out(other, "cat /m/f; ls /m/d")).isEqualTo("host text\nbelow\n");
      try (VirtualMachine fork = machine.fork()) {
        out(machine, "echo machine >/m/f");
        assertThat(out(fork, "cat /m/f /m/e/n")).isEqualTo("host text\nmore\nnew\n");
        out(fork, "rm -r /m/e");
        assertThat(out(machine, "cat /m/e/n")).isEqualTo("new\n");
        assertThat(out(fork, "cat /m/f; ls /m")).isEqualTo("host text\nmore\nf\n");
      }
    }
    assertThat(shared.resolve("f")).hasContent("host text\n");
    assertThat(shared.resolve("d/below")).hasContent("below\n");
    assertThat(shared.resolve("e")).doesNotExist();
  }

  @Test
  void overlay_merges_frozen_machines_and_archives_uppermost_first() throws IOException {
    Path zip = temporary.resolve("files.zip");
    try (FileSystem files = FileSystems.newFileSystem(zip, Map.of("create", "true"));
        VirtualMachine tools = vivarium.machine()) {
      Files.writeString(files.getPath("/only-zip"), "zip\n");
      Files.createDirectory(files.getPath("/tmp"));
      Files.writeString(files.getPath("/tmp/both"), "zip\n");
      Files.writeString(tools.files().getPath("/tmp/both"), "tools\n");
      Snapshot snapshot = tools.snapshot();
      Files.writeString(tools.files().getPath("/tmp/both"), "changed\n");
      Mount mount = Mount.overlay(Mount.snapshot(snapshot), Mount.nio(files.getPath("/")));
      try (VirtualMachine machine = vivarium.machine(options -> options.mount("/m", mount))) {
        assertThat(out(machine, "cat /m/only-zip /m/tmp/both")).isEqualTo("zip\ntools\n");
        out(machine, "echo mine >/m/tmp/both; rm /m/only-zip");
        assertThat(out(machine, "cat /m/tmp/both; ls /m/only-zip 2>/dev/null; true"))
            .isEqualTo("mine\n");
      }
      assertThat(Files.readString(files.getPath("/only-zip"))).isEqualTo("zip\n");
      Mount nested = Mount.overlay(Mount.memory(1 << 20, 100), mount);
      try (VirtualMachine machine = vivarium.machine(o -> o.mount("/m", nested.readOnly()))) {
        assertThat(out(machine, "cat /m/only-zip /m/tmp/both")).isEqualTo("zip\ntools\n");
        assertFails(machine, "rm /m/only-zip", "Read-only file system");
      }
    }
    assertThatIllegalArgumentException().isThrownBy(() -> Mount.overlay());
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void machine_that_is_closed_holds_no_files_of_the_host() {
    List<HostDirectoryFileSystem> opened = new ArrayList<>();
    Mount directory = Mount.of(() -> open(opened));
    VirtualMachine machine =
        vivarium.machine(options ->
            options.mount("/h", directory).mount("/m", Mount.overlay(directory, directory)));
    machine.mount("/late", directory);
    assertThat(out(machine, "cat /h/f /m/f /late/f")).hasLineCount(3);
    assertThat(opened).hasSize(4).allMatch(each -> each.openDescriptors() > 0);
    machine.unmount("/late");
    assertThat(opened.getLast().openDescriptors()).isZero();
    machine.close();
    assertThat(opened).allMatch(each -> each.openDescriptors() == 0);
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void fork_of_a_machine_with_an_overlay_outlives_it() {
    List<HostDirectoryFileSystem> opened = new ArrayList<>();
    Mount overlay = Mount.overlay(Mount.of(() -> open(opened)));
    VirtualMachine machine = vivarium.machine(options -> options.mount("/m", overlay));
    out(machine, "echo changed >/m/g");
    try (VirtualMachine fork = machine.fork()) {
      machine.close();
      assertThat(out(fork, "cat /m/f /m/g")).isEqualTo("host text\nchanged\n");
      assertThat(opened).hasSize(1);
    }
  }

  private HostDirectoryFileSystem open(List<HostDirectoryFileSystem> opened) {
    try {
      opened.add(HostDirectoryFileSystem.open(shared, HostDirectoryOptions.defaults()));
      return opened.getLast();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void overlay_keeps_to_its_limits() {
    Mount mount = Mount.overlay(100_000, 10, Mount.nio(shared));
    try (VirtualMachine machine = vivarium.machine(options -> options.mount("/m", mount))) {
      assertFails(machine, "head -c 200000 /dev/zero >/m/big", "No space left");
      assertThat(out(machine, "cat /m/f")).isEqualTo("host text\n");
    }
  }

  // ---- snapshots and forks

  @Test
  void fork_and_original_go_their_own_ways() throws IOException {
    Mount memory = Mount.memory(1 << 20, 100);
    try (VirtualMachine machine = vivarium.machine(options -> options.mount("/m", memory))) {
      out(machine, "echo root >/tmp/f; echo mount >/m/f; ln -s /m/f /tmp/l; chmod 600 /tmp/f");
      try (VirtualMachine fork = machine.fork()) {
        assertThat(out(fork, "cat /tmp/f /tmp/l; stat -c %a /tmp/f"))
            .isEqualTo("root\nmount\n600\n");
        out(fork, "echo fork >/tmp/f; echo fork >/m/f; rm /tmp/l; echo x >/tmp/new");
        assertThat(out(machine, "cat /tmp/f /tmp/l; ls /tmp")).isEqualTo("root\nmount\nf\nl\n");
        out(machine, "echo machine >/tmp/f; rm /m/f");
        assertThat(out(fork, "cat /tmp/f /m/f; ls /tmp")).isEqualTo("fork\nfork\nf\nnew\n");
        try (VirtualMachine second = fork.fork()) {
          assertThat(out(second, "cat /tmp/f /m/f")).isEqualTo("fork\nfork\n");
          assertThat(Files.readString(second.files().getPath("/tmp/new"))).isEqualTo("x\n");
        }
      }
    }
  }

  @Test
  void snapshot_makes_any_number_of_machines_even_when_its_own_is_gone() {
    Snapshot snapshot;
    try (VirtualMachine machine = vivarium.machine(o -> o.mount("/m", Mount.memory(1 << 20, 99)))) {
      out(machine, "echo one >/tmp/f; echo two >/m/f");
      snapshot = machine.snapshot();
      out(machine, "echo later >/tmp/f; echo later >/m/f");
    }
    for (int i = 0; i < 3; i++) {
      try (VirtualMachine machine = snapshot.machine()) {
        assertThat(out(machine, "cat /tmp/f /m/f")).isEqualTo("one\ntwo\n");
        out(machine, "echo changed >/tmp/f; echo changed >/m/f");
      }
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void fork_shares_host_directories_and_what_was_mounted_later_is_its_own() {
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/h", Mount.hostDirectory(shared)))) {
      try (VirtualMachine fork = machine.fork()) {
        out(fork, "echo fork >/h/g");
        assertThat(out(machine, "cat /h/g")).isEqualTo("fork\n");
        machine.mount("/late", Mount.memory(1 << 20, 10));
        assertThat(Files.exists(fork.files().getPath("/late"))).isFalse();
        fork.unmount("/h");
        assertThat(out(machine, "cat /h/f")).isEqualTo("host text\n");
      }
    }
  }
}
