package io.vivarium.wasm.attack;

import static io.vivarium.wasm.attack.Call.CREAT;
import static io.vivarium.wasm.attack.Call.FD_READ;
import static io.vivarium.wasm.attack.Call.TRUNC;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.permission.Domain;
import io.vivarium.kernel.permission.DomainPolicy;
import io.vivarium.kernel.permission.PermissionMode;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.permission.PermissionPolicy;
import io.vivarium.kernel.permission.PermissionRule;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.attack.Call.Cell;
import io.vivarium.wasm.attack.Call.Value;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestMachine;
import io.vivarium.wasm.wasi.WasiErrno;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A policy closes a directory, a program and a variable; a WebAssembly program takes every other
 * way there. Whatever is not denied works meanwhile, so nothing is denied by accident.
 */
@Timeout(60)
class GuestPermissionTest {
  private static final byte[] NOTHING =
      new ModuleBuilder().memory(1).function("_start", "->", "nop").build();

  private static DomainPolicy allBut(String operation, String pattern) {
    PermissionRule rule =
        new PermissionRule(PermissionMode.DENY, List.of(operation), List.of(pattern));
    return new DomainPolicy(PermissionMode.ALLOW, List.of(rule));
  }

  private static TestMachine machine(String operation) {
    PermissionPolicy policy =
        new PermissionPolicy(
            Map.of(
                Domain.FS,
                allBut(operation, "/q/secret/**"),
                Domain.PROCESS,
                allBut("spawn", "/usr/bin/bad"),
                Domain.ENVIRONMENT,
                allBut("pass", "TOKEN")));
    TestMachine machine =
        new TestMachine(
            KernelOptions.DEFAULT.with(
                new PermissionOptions(policy, null, Duration.ofSeconds(20), false)));
    DeviceNodes.build(machine.inode("/dev"));
    Guest.install(machine);
    machine.mkdir("/q");
    machine.mkdir("/q/secret");
    machine.mkdir("/q/secret/mount");
    machine.write("/q/secret/key", "KEY!");
    machine.mkdir("/q/open");
    machine.mkdir("/q/open/d");
    machine.write("/q/open/file", "file");
    machine.install("/bin/good", NOTHING, false);
    machine.install("/bin/bad", NOTHING, false);
    mount(machine, "/proc", machine.kernel().proc());
    MemoryFileSystem mounted = new MemoryFileSystem(StorageLimits.of(1 << 20, 100));
    mounted.root().create("key", NewInode.regular(0644, 1000, 1000));
    mount(machine, "/q/secret/mount", mounted);
    return machine;
  }

  private static void mount(TestMachine machine, String path, FileSystem mounted) {
    VirtualFileSystem vfs = machine.kernel().vfs();
    vfs.mounts()
        .mount(vfs.resolve(Credentials.root(), vfs.mounts().root(), path, true), mounted, false);
  }

  /** EACCES, and neither files nor descriptors nor what the guest can read have changed. */
  private static void assertDenied(TestMachine machine, Guest guest, Call call) {
    Set<String> tree = Tree.below(machine, "/q");
    int[] descriptors = guest.process().descriptors().descriptors();
    byte[] results = guest.bytes(0, 600);
    assertThat(guest.call(call)).as("%s", call).isEqualTo(WasiErrno.ACCES);
    assertThat(Tree.below(machine, "/q")).as("after %s", call).isEqualTo(tree);
    assertThat(guest.process().descriptors().descriptors()).isEqualTo(descriptors);
    assertThat(guest.bytes(0, 600)).as("results of %s", call).isEqualTo(results);
  }

  private static Call openAt(Object directory, String path) {
    return Call.of("path_open", directory, 1, path, 0, FD_READ, -1L, 0, new Cell(0));
  }

  private static Call reading(String path) {
    return Call.open(path, 0, 0, FD_READ, 0);
  }

  private static void assertReads(Guest guest, String path, String contents) {
    guest.succeed(reading(path));
    guest.succeed(Call.read(new Value(0)));
    byte[] read = guest.bytes(32, guest.value(1));
    assertThat(new String(read, US_ASCII)).isEqualTo(contents);
    guest.succeed(Call.close(new Value(0)));
  }

  // ---- files ----------------------------------------------------------------------------------

  /** The same answers whether there is something or not. */
  @Test
  void no_call_tells_what_is_in_a_closed_directory_or_changes_it() {
    try (TestMachine machine = machine("*");
        Guest guest = Guest.start(machine)) {
      for (String path : List.of("/q/secret/key", "/q/secret/none", "/q/secret/mount/key")) {
        for (Call call :
            List.of(
                reading(path),
                Call.open(path, CREAT, 0, 0),
                Call.open(path, TRUNC, 0, 0),
                Call.stat(path, true),
                Call.stat(path, false),
                Call.mkdir(path),
                Call.symlink("t", path),
                Call.unlink(path),
                Call.link(path, "/q/open/new"),
                Call.link("/q/open/file", path),
                Call.rename(path, "/q/open/new"),
                Call.of("path_readlink", Call.ROOT, path, new Cell(32), 99, new Cell(1)),
                Call.of("path_remove_directory", Call.ROOT, path),
                Call.of("path_access", Call.ROOT, path, 0, 0),
                Call.of("chmod", Call.ROOT, path, 0777),
                Call.of("path_mknod", Call.ROOT, path, 0010600, 0L),
                Call.of("path_listxattr", Call.ROOT, path, new Cell(32), 99, 1, new Cell(1)))) {
          assertDenied(machine, guest, call);
        }
        for (String value : List.of("path_mode", "path_rdev")) {
          assertThat(guest.call(Call.of(value, Call.ROOT, path, 1))).as(value).isZero();
        }
        for (String value : List.of("path_size", "path_blocks")) {
          assertThat(guest.call(Call.of(value, Call.ROOT, path, 1))).as(value).isEqualTo(-1);
        }
      }
      assertDenied(machine, guest, reading("/q/secret"));
      assertReads(guest, "/q/open/file", "file");
      assertThat(guest.call(Call.of("path_size", Call.ROOT, "/q/open/file", 1))).isEqualTo(4);
    }
  }

  @Test
  void links_dots_and_proc_lead_to_where_they_lead() {
    try (TestMachine machine = machine("*");
        Guest guest = Guest.start(machine)) {
      guest.succeed(Call.symlink("/q/secret/key", "/q/open/to-key"));
      guest.succeed(Call.symlink("../secret", "/q/open/to-secret"));
      guest.succeed(Call.symlink("file", "/q/open/to-file"));
      guest.succeed(Call.link("/q/open/file", "/q/open/hard"));
      guest.succeed(openAt(Call.ROOT, "/q"));
      int directory = guest.value(0);
      for (String path :
          List.of(
              "/q/open/to-key",
              "/q/open/to-secret/key",
              "/q/open/../secret/key",
              "/q/open/d/../../secret/./key",
              "/q/secret/../secret/key",
              "/q/secret/none/../../open/file",
              "/proc/self/root/q/secret/key",
              "/proc/self/fd/" + directory + "/secret/key",
              "/dev/../proc/self/cwd/q/secret/key")) {
        assertDenied(machine, guest, reading(path));
        assertDenied(machine, guest, Call.stat(path, true));
      }
      assertDenied(machine, guest, openAt(directory, "secret/key"));
      assertDenied(machine, guest, openAt(directory, "open/to-key"));
      for (String path :
          List.of(
              "/q/open/to-file",
              "/q/open/hard",
              "/q/open/d/../file",
              "/proc/self/root/q/open/file",
              "/proc/self/fd/" + directory + "/open/file")) {
        assertReads(guest, path, "file");
      }
      guest.succeed(openAt(directory, "open/file"));
    }
  }

  @Test
  void a_closed_directory_is_not_carried_out_and_descriptors_do_not_open_more() {
    try (TestMachine machine = machine("read");
        Guest guest = Guest.start(machine)) {
      guest.succeed(openAt(Call.ROOT, "/q/secret"));
      int directory = guest.value(0); // listing is allowed here, reading files is not
      assertDenied(machine, guest, openAt(directory, "key"));
      assertDenied(machine, guest, reading("/proc/self/fd/" + directory + "/key"));
      assertDenied(machine, guest, Call.rename("/q/secret/key", "/q/open/key"));
      assertDenied(machine, guest, Call.link("/q/secret/key", "/q/open/key"));
      assertDenied(machine, guest, Call.exchange("/q/secret/key", "/q/open/file"));
      assertThat(guest.call(Call.rename("/q/secret", "/q/moved"))).isNotZero();
      assertThat(guest.call(Call.rename("/q", "/moved"))).isNotZero();
      assertDenied(machine, guest, openAt(directory, "key"));
      guest.succeed(Call.open("/q/secret/key", 0, 0, Call.FD_WRITE, 0));
      assertDenied(machine, guest, reading("/proc/self/fd/" + guest.value(0)));
      guest.succeed(Call.rename("/q/open/d", "/q/open/e"));
      guest.succeed(Call.rename("/q/open/file", "/q/open/e/file"));
      assertReads(guest, "/q/open/e/file", "file");
    }
  }

  /** One process swaps what a name means while another opens it. */
  @Test
  void a_name_that_changes_meanwhile_never_shows_what_is_closed() {
    try (TestMachine machine = machine("*");
        Guest swapper = Guest.start(machine);
        Guest reader = Guest.start(machine)) {
      reader.succeed(Call.symlink("/q/open/file", "/q/open/a"));
      reader.succeed(Call.symlink("/q/secret/key", "/q/open/b"));
      int file = word("file");
      int contents = new Cell(32).address();
      Call[] row = {
        Call.of("set", contents, 0),
        reading("/q/open/a").required(),
        Call.read(new Value(0)),
        Call.close(new Value(0)),
        Call.of("same", contents, word("KEY!")),
        Call.of("same", contents, file)
      };
      int opened = 0;
      int denied = 0;
      for (int round = 0; round < 100 && (round < 3 || opened == 0 || denied == 0); round++) {
        // An odd number of swaps, so that the next round starts the other way round.
        swapper.begin(1001, Call.exchange("/q/open/a", "/q/open/b"));
        reader.run(1000, row);
        swapper.finish();
        assertThat(swapper.counts(0)).containsExactly(Map.entry(WasiErrno.SUCCESS, 1001));
        assertThat(reader.counts(1).keySet()).isSubsetOf(WasiErrno.SUCCESS, WasiErrno.ACCES);
        assertThat(reader.counts(4).keySet()).as("the key was read").doesNotContain(1);
        assertThat(reader.counts(5).keySet()).doesNotContain(0);
        opened += reader.counts(1).getOrDefault(WasiErrno.SUCCESS, 0);
        denied += reader.counts(1).getOrDefault(WasiErrno.ACCES, 0);
      }
      assertThat(opened).isPositive();
      assertThat(denied).isPositive();
    }
  }

  private static int word(String text) {
    byte[] b = text.getBytes(US_ASCII);
    return b[0] | b[1] << 8 | b[2] << 16 | b[3] << 24;
  }

  // ---- programs and variables -----------------------------------------------------------------

  @Test
  void a_denied_program_does_not_run_by_any_name() {
    try (TestMachine machine = machine("*");
        Guest guest = Guest.start(machine)) {
      guest.succeed(Call.symlink("/bin/bad", "/q/open/to-bad"));
      guest.succeed(Call.symlink("/bin/good", "/q/open/to-good"));
      machine.write("/q/open/script", "#!/bin/bad\n".getBytes(US_ASCII), 0755);
      for (String path :
          List.of("/bin/bad", "/usr/bin/../bin/bad", "/q/open/to-bad", "/q/open/script")) {
        assertDenied(machine, guest, Call.spawn(path, "x\0", ""));
        assertDenied(machine, guest, Call.exec(path, "x\0", ""));
      }
      guest.succeed(reading("/bin/bad"));
      int fd = guest.value(0);
      assertDenied(machine, guest, Call.of("proc_fexec", fd, "x\0", "", 0, 0));
      assertDenied(machine, guest, Call.spawn("/proc/self/fd/" + fd, "x\0", ""));
      guest.succeed(Call.spawn("/q/open/to-good", "x\0", ""));
      guest.begin(1, Call.exec("/q/open/to-good", "x\0", ""));
      assertThat(guest.process().awaitEnd()).isEqualTo(WaitStatus.exited(0));
    }
  }

  @Test
  void a_denied_variable_reaches_no_program_also_by_exec() {
    try (TestMachine machine = machine("*");
        Guest guest = Guest.start(machine)) {
      guest.begin(1, Call.exec(Guest.PATH, "agent\0", "A=1\0TOKEN=secret\0TOKENS=2\0"));
      // The same program goes on reading commands, with a memory of its own.
      guest.finish();
      guest.run(1, Call.of("environ_sizes_get", new Cell(0), new Cell(1)));
      assertThat(guest.value(0)).isEqualTo(3);
      int length = guest.value(1);
      guest.succeed(Call.of("environ_get", new Cell(8), new Cell(32)));
      byte[] block = guest.bytes(32, length);
      assertThat(new String(block, US_ASCII).split("\0"))
          .containsExactlyInAnyOrder("A=1", "TOKENS=2", "PWD=/"); // the lane says where it is
      assertThat(guest.process().environment()).isEqualTo(Arrays.asList("A=1", "TOKENS=2"));
    }
  }
}
