package io.vivarium.wasm.attack;

import static io.vivarium.wasm.attack.Call.CREAT;
import static io.vivarium.wasm.attack.Call.EXCL;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.attack.Call.Bytes;
import io.vivarium.wasm.attack.Call.Cell;
import io.vivarium.wasm.attack.Call.Value;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.testing.ModuleBuilder;
import io.vivarium.wasm.testing.TestMachine;
import io.vivarium.wasm.wasi.WasiErrno;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each limit of the inventory, as a WebAssembly program meets it through its imports. */
@Timeout(60)
class GuestLimitsTest {
  private static final int CHUNK = 4096;
  private static final int DONTWAIT = 0x40;
  private static final int FAILED_TO_GROW = -1;

  /** What shows that guests are held to a limit; a new limit needs one to compile. */
  @ParameterizedTest
  @EnumSource(Limit.class)
  void a_guest_reaches_the_limit_and_gets_no_further(Limit limit) {
    Runnable proof =
        switch (limit) {
          case CPU_COUNT -> this::processors;
          case FUEL -> this::fuel;
          case PROCESS_TIME -> this::processTime;
          case MACHINE_TIME -> this::machineTime;
          case PROCESS_WALL_TIME -> this::wallTime;
          case PROCESS_MEMORY -> this::processMemory;
          case MACHINE_MEMORY -> this::machineMemory;
          case ARGUMENT_BYTES -> this::argumentBytes;
          case ENVIRONMENT_BYTES -> this::environmentBytes;
          case MODULE_BYTES -> this::moduleBytes;
          case MODULE_COMPILE_TIME -> this::compileTime;
          case MODULE_COMPILE_MEMORY -> this::compileMemory;
          case CAPTURED_OUTPUT -> this::capturedOutput;
          case PROCESSES -> () -> assertClimb(limit, 60, 7, 7, processes());
          case DESCRIPTORS -> () -> assertClimb(limit, 60, 7, 7, descriptors());
          case OPEN_FILES -> () -> assertClimb(limit, 60, 7, 7, openFiles());
          case RECORD_LOCKS -> () -> assertClimb(limit, 60, 7, 7, recordLocks());
          case PIPES -> () -> assertClimb(limit, 60, 7, 7, pipes());
          case TERMINALS -> () -> assertClimb(limit, 20, 7, 7, terminals());
          case SOCKETS -> () -> assertClimb(limit, 30, 14, 7, sockets());
          case SOCKET_BYTES ->
              () -> assertClimb(limit, limit.least() + 10 * CHUNK, 7 * CHUNK, 7, socketBytes());
          case PASSED_DESCRIPTORS -> () -> assertClimb(limit, 60, 7, 7, passedDescriptors());
          case STORAGE_BYTES -> () -> assertClimb(limit, 1 << 20, 7 * CHUNK, 7, storageBytes());
          case STORAGE_INODES -> () -> assertClimb(limit, 500, 7, 7, storageInodes());
        };
    proof.run();
  }

  // ---- machines -------------------------------------------------------------------------------

  private static TestMachine machine(Limit limit, long value) {
    TestMachine machine = new TestMachine(KernelOptions.DEFAULT.with(limit, value));
    DeviceNodes.build(machine.inode("/dev"));
    VirtualFileSystem vfs = machine.kernel().vfs();
    vfs.mounts()
        .mount(
            vfs.resolve(Credentials.root(), vfs.mounts().root(), "/proc", true),
            machine.kernel().proc(),
            false);
    Guest.install(machine);
    machine.mkdir("/q");
    machine.write("/q/file", "contents");
    machine.install("/bin/sleep", sleep(100_000), false);
    machine.install("/bin/true", NOTHING, false);
    return machine;
  }

  private static final byte[] NOTHING =
      new ModuleBuilder().memory(1).function("_start", "->", "nop").build();

  private static byte[] sleep(int millis) {
    return new ModuleBuilder()
        .importFunction("host_process", "sleep_ms", "i32 -> i32")
        .memory(1)
        .function("_start", "->", "i32.const " + millis + " call sleep_ms drop")
        .build();
  }

  private static byte[] loop() {
    return new ModuleBuilder().memory(1).function("_start", "->", "loop br 0 end").build();
  }

  // ---- limits on how many there are -----------------------------------------------------------

  /** So many steps more as the limit is larger, and no more. */
  private static void assertClimb(Limit limit, long value, long more, int steps, Ladder ladder) {
    int climbed = climb(limit, value, ladder);
    assertThat(climbed).isPositive();
    assertThat(climb(limit, value + more, ladder) - climbed).isEqualTo(steps);
  }

  /**
   * How many steps a guest takes until it is at the limit. There each step fails with the errno of
   * the limit, and changes nothing; one step down, it works again, once.
   */
  private static int climb(Limit limit, long value, Ladder ladder) {
    int full = WasiErrno.of(errnoOf(limit));
    try (TestMachine machine = machine(limit, value);
        Guest guest = Guest.start(machine)) {
      ladder.prepare().forEach(guest::succeed);
      int taken = 0;
      while (guest.call(ladder.step().apply(guest, taken)) == WasiErrno.SUCCESS) {
        taken++;
        assertThat(taken).as("steps").isLessThan(2000);
      }
      for (int i = 0; i < 2; i++) {
        assertRefused(machine, guest, ladder.step().apply(guest, taken), full);
      }
      ladder.refused().forEach(call -> assertRefused(machine, guest, call, full));
      ladder.down().forEach(guest::succeed);
      guest.succeed(ladder.step().apply(guest, taken));
      assertRefused(machine, guest, ladder.step().apply(guest, taken + 1), full);
      return taken;
    }
  }

  private static Errno errnoOf(Limit limit) {
    Errno errno = limit.errno();
    assertThat(errno).as("errno of %s", limit).isNotNull();
    return errno;
  }

  private static void assertRefused(TestMachine machine, Guest guest, Call call, int errno) {
    String before = state(machine, guest);
    assertThat(guest.call(call)).as("%s", call).isEqualTo(errno);
    assertThat(state(machine, guest)).as("after %s", call).isEqualTo(before);
  }

  /** What calls can change: files, descriptors, processes, and where results go. */
  private static String state(TestMachine machine, Guest guest) {
    return Tree.below(machine, "/q")
        + Arrays.toString(guest.process().descriptors().descriptors())
        + machine.kernel().processes().processes()
        + Arrays.toString(guest.bytes(0, 8 * 32));
  }

  private static Ladder processes() {
    return Ladder.of(
            (guest, i) -> Call.spawn("/bin/sleep", "sleep\0", ""),
            Call.of("proc_kill", new Value(2), Signal.SIGKILL),
            Call.of("proc_waitpid_v3", new Value(2), 0, new Cell(4), new Cell(5)))
        .refusing(Call.spawn("/bin/true", "true\0", ""));
  }

  private static Ladder descriptors() {
    return Ladder.of((guest, i) -> Call.of("fd_dup", 0, new Cell(0)), Call.close(new Value(0)))
        .refusing(
            Call.open("/q/file", 0, 0, 0),
            Call.open("/q/new", CREAT | EXCL, 0, 0),
            tmpfile(),
            Call.of("fd_dup_min", 0, 5, new Cell(0)),
            Call.of("fd_pipe", new Cell(0), new Cell(3)),
            socketpair(),
            Call.of("pty_open", new Cell(0), new Cell(3)));
  }

  private static Ladder openFiles() {
    return Ladder.of((guest, i) -> Call.open("/q/file", 0, 0, 0), Call.close(new Value(0)))
        .refusing(
            Call.open("/q/new", CREAT | EXCL, 0, 0),
            tmpfile(),
            Call.of("fd_pipe", new Cell(0), new Cell(3)),
            socketpair(),
            Call.spawn("/bin/true", "true\0", "")); // whose streams are /dev/null
  }

  private static Ladder recordLocks() {
    return Ladder.of((guest, i) -> lock(guest.value(0), 1, 2 * i), lock(new Value(0), 2, 0))
        .after(Call.open("/q/file", 0, 0, 0))
        .refusing(
            Call.of(
                "fd_record_lock",
                new Value(0),
                13,
                0,
                1_000_000L,
                0L,
                cell(16),
                cell(17),
                cell(18),
                cell(19)));
  }

  private static Call lock(Object fd, int type, long start) {
    return Call.of(
        "fd_record_lock", fd, 13, type, start, 1L, cell(16), cell(17), cell(18), cell(19));
  }

  private static Cell cell(int number) {
    return new Cell(number);
  }

  private static Ladder pipes() {
    return Ladder.of(
            (guest, i) -> Call.of("fd_pipe", new Cell(0), new Cell(3)),
            Call.close(new Value(0)),
            Call.close(new Value(3)))
        .after(Call.of("path_mknod", Call.ROOT, "/q/fifo", 0010600, 0L))
        .refusing(Call.open("/q/fifo", 0, 0, 0));
  }

  private static Ladder terminals() {
    return Ladder.of((guest, i) -> Call.open("/dev/ptmx", 0, 0, 0), Call.close(new Value(0)))
        .refusing(Call.of("pty_open", new Cell(0), new Cell(3)));
  }

  private static Ladder sockets() {
    return Ladder.of(
        (guest, i) -> socketpair(), Call.close(new Value(0)), Call.close(new Value(3)));
  }

  private static Call socketpair() {
    return Call.of("fd_socketpair", 6, 0, 0, new Cell(0), new Cell(3));
  }

  private static Call tmpfile() {
    int readAndWrite = 0x1400_0000;
    return Call.of("open_tmpfile", Call.ROOT, "/q", readAndWrite, 0600, new Cell(0));
  }

  /** Fills one socket after the other: none holds as much as all together may. */
  private static Ladder socketBytes() {
    int each = 65_536 / CHUNK;
    return Ladder.of(
            (guest, i) ->
                Call.of(
                    "net_send",
                    guest.value(20 + 2 * (i / each)),
                    new byte[CHUNK],
                    DONTWAIT,
                    cell(1)),
            Call.of("net_recv", new Value(21), Agent.END - CHUNK, CHUNK, DONTWAIT, cell(1)))
        .after(
            Call.of("fd_socketpair", 6, 0, 0, cell(20), cell(21)),
            Call.of("fd_socketpair", 6, 0, 0, cell(22), cell(23)),
            Call.of("fd_socketpair", 6, 0, 0, cell(24), cell(25)));
  }

  private static Ladder passedDescriptors() {
    return Ladder.of(
            (guest, i) ->
                Call.of(
                    "fd_sendmsg_rights",
                    guest.value(0),
                    new byte[1],
                    new Bytes(Call.words(0)),
                    1,
                    DONTWAIT,
                    cell(1)),
            Call.of(
                "fd_recvmsg_rights",
                new Value(3),
                Agent.END - 8,
                1,
                cell(6),
                1,
                DONTWAIT,
                cell(16),
                cell(17),
                cell(18)))
        .after(socketpair());
  }

  private static Ladder storageBytes() {
    return Ladder.of(
            (guest, i) -> Call.pwrite(guest.value(0), CHUNK, 8L + (long) i * CHUNK),
            Call.unlink("/q/ballast"))
        .after(
            Call.open("/q/ballast", CREAT, 0, 0),
            Call.of("ftruncate", new Value(0), (long) CHUNK),
            Call.close(new Value(0)),
            Call.open("/q/file", 0, 0, 0))
        .refusing(Call.of("ftruncate", new Value(0), 2L << 20));
  }

  private static Ladder storageInodes() {
    return Ladder.of((guest, i) -> Call.mkdir("/q/d" + i), Call.unlink("/q/file"))
        .refusing(Call.open("/q/new", CREAT, 0, 0), Call.symlink("t", "/q/new"));
  }

  // ---- limits on programs ---------------------------------------------------------------------

  private static final int LENGTH = 8000;

  private void argumentBytes() {
    String name = "true\0";
    try (TestMachine machine = machine(Limit.ARGUMENT_BYTES, LENGTH);
        Guest guest = Guest.start(machine)) {
      String fits = name + "x".repeat(LENGTH - name.length() - 1) + "\0";
      String many = name + "\0".repeat(LENGTH - name.length());
      assertStarts(machine, guest, fits, "");
      assertStarts(machine, guest, many, "");
      for (String arguments : List.of(fits.replace("\0", "x\0"), many + "\0")) {
        assertRefused(machine, guest, Call.spawn("/bin/true", arguments, ""), WasiErrno.TOOBIG);
        assertRefused(machine, guest, Call.exec("/bin/true", arguments, ""), WasiErrno.TOOBIG);
      }
      machine.write("/q/script", "#!/bin/true\n".getBytes(US_ASCII), 0755);
      // The interpreter and the path of the script come on top.
      assertRefused(machine, guest, Call.spawn("/q/script", fits, ""), WasiErrno.TOOBIG);
      assertExecs(guest, fits, "");
    }
  }

  private void environmentBytes() {
    try (TestMachine machine = machine(Limit.ENVIRONMENT_BYTES, LENGTH);
        Guest guest = Guest.start(machine)) {
      String fits = "A=" + "x".repeat(LENGTH - 3) + "\0";
      assertStarts(machine, guest, "true\0", fits);
      for (String variables : List.of("A" + fits, fits + "B=\0")) {
        assertRefused(
            machine, guest, Call.spawn("/bin/true", "true\0", variables), WasiErrno.TOOBIG);
        assertRefused(
            machine, guest, Call.exec("/bin/true", "true\0", variables), WasiErrno.TOOBIG);
      }
      assertExecs(guest, "true\0", fits);
    }
  }

  private void moduleBytes() {
    int length = Agent.MODULE.length + 1000;
    try (TestMachine machine = machine(Limit.MODULE_BYTES, length);
        Guest guest = Guest.start(machine)) {
      machine.write("/bin/large", padded(length), 0755);
      machine.write("/bin/larger", padded(length + 1), 0755);
      machine.write("/q/script", "#!/bin/larger\n".getBytes(US_ASCII), 0755);
      guest.succeed(Call.spawn("/bin/large", "large\0", ""));
      assertEnded(guest);
      for (String path : List.of("/bin/larger", "/q/script")) {
        assertRefused(machine, guest, Call.spawn(path, "larger\0", ""), WasiErrno.FBIG);
        assertRefused(machine, guest, Call.exec(path, "larger\0", ""), WasiErrno.FBIG);
      }
      guest.succeed(Call.open("/bin/larger", 0, 0, Call.FD_READ, 0));
      Call fexec = Call.of("proc_fexec", new Value(0), "larger\0", "", 0, 0);
      assertRefused(machine, guest, fexec, WasiErrno.FBIG);
      guest.begin(1, Call.exec("/bin/large", "large\0", ""));
      assertThat(guest.process().awaitEnd()).isEqualTo(WaitStatus.exited(0));
    }
  }

  /** A module that is small and takes a second to check, which the guest does not wait for. */
  private void compileTime() {
    String many = "i32 ".repeat(1000);
    byte[] slow =
        new ModuleBuilder()
            .function("f", many + "-> " + many, "unreachable")
            .function("_start", "->", "unreachable " + "call f ".repeat(200_000))
            .build();
    assertTooCostly(Limit.MODULE_COMPILE_TIME, 200, slow, WasiErrno.FBIG);
  }

  private void compileMemory() {
    ModuleBuilder module = new ModuleBuilder().function("_start", "->", "nop");
    for (int i = 0; i < 20_000; i++) {
      module.global("g" + i, "i64", "i64.const 7");
    }
    assertTooCostly(Limit.MODULE_COMPILE_MEMORY, 1 << 20, module.build(), WasiErrno.NOMEM);
  }

  private static void assertTooCostly(Limit limit, long value, byte[] module, int errno) {
    try (TestMachine machine = machine(limit, value);
        Guest guest = Guest.start(machine)) {
      machine.write("/bin/costly", module, 0755);
      assertRefused(machine, guest, Call.spawn("/bin/costly", "costly\0", ""), errno);
      assertRefused(machine, guest, Call.exec("/bin/costly", "costly\0", ""), errno);
      assertStarts(machine, guest, "true\0", "");
    }
  }

  /** A program that does nothing, with a custom section that makes it so large. */
  private static byte[] padded(int length) {
    byte[] larger = Arrays.copyOf(NOTHING, length);
    int contents = length - NOTHING.length - 4;
    larger[NOTHING.length + 1] = (byte) ((contents & 0x7f) | 0x80);
    larger[NOTHING.length + 2] = (byte) ((contents >> 7 & 0x7f) | 0x80);
    larger[NOTHING.length + 3] = (byte) (contents >> 14);
    return larger;
  }

  private static void assertStarts(
      TestMachine machine, Guest guest, String arguments, String variables) {
    int processes = machine.kernel().processes().processes().size();
    guest.succeed(Call.spawn("/bin/true", arguments, variables));
    assertEnded(guest);
    assertThat(machine.kernel().processes().processes()).hasSize(processes);
  }

  /** The child that was started last ends well. */
  private static void assertEnded(Guest guest) {
    guest.succeed(Call.of("proc_waitpid_v3", new Value(2), 0, new Cell(4), new Cell(5)));
    assertThat(guest.value(4)).as("status").isZero();
    assertThat(guest.value(5)).isEqualTo(guest.value(2));
  }

  private static void assertExecs(Guest guest, String arguments, String variables) {
    guest.begin(1, Call.exec("/bin/true", arguments, variables));
    assertThat(guest.process().awaitEnd()).isEqualTo(WaitStatus.exited(0));
  }

  /** The host's own limit, on what it keeps of the output: a guest writes as much as it likes. */
  private void capturedOutput() {
    try (TestMachine machine = machine(Limit.CAPTURED_OUTPUT, 10)) {
      byte[] module =
          new ModuleBuilder()
              .importFunction("wasi_snapshot_preview1", "fd_write", "i32 i32 i32 i32 -> i32")
              .importFunction("wasi_snapshot_preview1", "proc_exit", "i32 ->")
              .memory(1)
              .data(0, Call.words(16, 1000))
              .function(
                  "_start",
                  "->",
                  "i32.const 1 i32.const 0 i32.const 1 i32.const 8 call fd_write call proc_exit")
              .build();
      machine.install("/bin/write", module, false);
      TestMachine.Result result = machine.run("write");
      assertThat(result.status()).isZero();
      assertThat(result.stdout()).hasSize(1000);
    }
  }

  // ---- limits on computing --------------------------------------------------------------------

  /** No limit to be reached: guests are told a number. */
  private void processors() {
    for (int count : new int[] {1, 3}) {
      try (TestMachine machine = machine(Limit.CPU_COUNT, count);
          Guest guest = Guest.start(machine)) {
        guest.succeed(Call.open("/proc/cpuinfo", 0, 0, Call.FD_READ, 0));
        StringBuilder text = new StringBuilder();
        guest.succeed(Call.read(new Value(0)));
        while (guest.value(1) > 0) {
          text.append(new String(guest.bytes(32, guest.value(1)), US_ASCII));
          guest.succeed(Call.read(new Value(0)));
        }
        assertThat(text.toString().lines().filter(line -> line.startsWith("processor")))
            .hasSize(count);
      }
    }
  }

  private void fuel() {
    try (TestMachine machine = machine(Limit.FUEL, 1000)) {
      for (int count : new int[] {1, 999, 1000}) {
        machine.install("/bin/nops" + count, nops(count), false);
        assertThat(machine.run("nops" + count).word()).isEqualTo(WaitStatus.exited(0));
      }
      machine.install("/bin/more", nops(1001), false);
      int ended = WaitStatus.signalled(Signal.SIGXCPU, true);
      assertThat(machine.run("more").word()).isEqualTo(ended);
      // Becoming another program, or oneself again and again, makes no fuel.
      machine.install("/bin/again", execs("/bin/again"), false);
      assertThat(machine.run("again").word()).isEqualTo(ended);
    }
  }

  private static byte[] nops(int count) {
    return new ModuleBuilder().function("_start", "->", "nop ".repeat(count)).build();
  }

  private static byte[] execs(String path) {
    byte[] arguments = (path + "\0").getBytes(US_ASCII);
    return new ModuleBuilder()
        .importFunction("host_process", "proc_exec", "i32 i32 i32 i32 i32 i32 i32 i32 -> i32")
        .memory(1)
        .data(0, arguments)
        .function(
            "_start",
            "->",
            "i32.const 0 i32.const %d i32.const 0 i32.const %d"
                    .formatted(path.length(), arguments.length)
                + " i32.const 0 i32.const 0 i32.const 0 i32.const 0 call proc_exec drop")
        .build();
  }

  private void processTime() {
    try (TestMachine machine = machine(Limit.PROCESS_TIME, 100)) {
      machine.install("/bin/loop", loop(), false);
      machine.install("/bin/again", execs("/bin/again"), false);
      machine.install("/bin/nap", sleep(200), false);
      int ended = WaitStatus.signalled(Signal.SIGXCPU, true);
      assertThat(machine.run("loop").word()).isEqualTo(ended);
      assertThat(machine.run("again").word()).isEqualTo(ended);
      assertThat(machine.run("nap").word()).isEqualTo(WaitStatus.exited(0));
    }
  }

  private void machineTime() {
    try (TestMachine machine = machine(Limit.MACHINE_TIME, 200);
        Guest guest = Guest.start(machine)) {
      machine.install("/bin/loop", loop(), false);
      machine.install("/bin/nap", sleep(300), false);
      assertThat(machine.run("nap").word()).isEqualTo(WaitStatus.exited(0));
      guest.succeed(Call.spawn("/bin/sleep", "sleep\0", ""));
      int killed = WaitStatus.signalled(Signal.SIGKILL, false);
      assertThat(machine.run("loop").word()).isEqualTo(killed);
      assertThat(guest.process().awaitEnd()).isEqualTo(killed); // which did nothing
      assertThatExceptionOfType(ErrnoException.class)
          .isThrownBy(() -> machine.run("true"))
          .satisfies(e -> assertThat(e.errno()).isEqualTo(errnoOf(Limit.MACHINE_TIME)));
    }
  }

  private void wallTime() {
    int killed = WaitStatus.signalled(Signal.SIGKILL, false);
    try (TestMachine machine = machine(Limit.PROCESS_WALL_TIME, 300)) {
      machine.install("/bin/loop", loop(), false);
      machine.install("/bin/again", execs("/bin/again"), false);
      for (String program : List.of("sleep", "loop", "again")) {
        assertThat(machine.run(program).word()).as(program).isEqualTo(killed);
      }
    }
    try (TestMachine machine = machine(Limit.PROCESS_WALL_TIME, 30_000)) {
      machine.install("/bin/nap", sleep(300), false);
      assertThat(machine.run("nap").word()).isEqualTo(WaitStatus.exited(0));
    }
  }

  private static byte[] starting(int pages) {
    return new ModuleBuilder().memory(pages).function("_start", "->", "nop").build();
  }

  private void processMemory() {
    int first = Agent.END / InstanceLimits.PAGE;
    try (TestMachine machine = machine(Limit.PROCESS_MEMORY, (first + 20L) * InstanceLimits.PAGE);
        Guest guest = Guest.start(machine)) {
      assertThat((int) guest.call(Call.of("grow", 21))).isEqualTo(FAILED_TO_GROW);
      assertThat((int) guest.call(Call.of("grow", 12))).isEqualTo(first);
      assertThat((int) guest.call(Call.of("grow", 9))).isEqualTo(FAILED_TO_GROW);
      assertThat((int) guest.call(Call.of("grow", -1))).isEqualTo(FAILED_TO_GROW);
      assertThat((int) guest.call(Call.of("grow", 65_536))).isEqualTo(FAILED_TO_GROW);
      assertThat((int) guest.call(Call.of("grow", 8))).isEqualTo(first + 12);
      assertThat((int) guest.call(Call.of("grow", 1))).isEqualTo(FAILED_TO_GROW);
      assertThat((int) guest.call(Call.of("grow", 0))).isEqualTo(first + 20);
      assertThat(guest.process().memoryBytes()).isEqualTo((first + 20L) * InstanceLimits.PAGE);
      machine.install("/bin/fits", starting(first + 20), false);
      machine.install("/bin/big", starting(first + 21), false);
      guest.succeed(Call.spawn("/bin/fits", "fits\0", "")); // a limit of each, not of all
      assertEnded(guest);
      assertRefused(machine, guest, Call.spawn("/bin/big", "big\0", ""), WasiErrno.NOMEM);
      assertRefused(machine, guest, Call.exec("/bin/big", "big\0", ""), WasiErrno.NOMEM);
    }
  }

  /** Two guests share it; by how much the stacks of interpreted guests take, it is less. */
  private void machineMemory() {
    int first = Agent.END / InstanceLimits.PAGE;
    int less = grown(4 * first);
    assertThat(less).isBetween(first, 2 * first);
    assertThat(grown(4 * first + 7)).isEqualTo(less + 7);
  }

  /** How many pages two guests can get in a machine that has so many. */
  private static int grown(int pages) {
    try (TestMachine machine = machine(Limit.MACHINE_MEMORY, (long) pages * InstanceLimits.PAGE);
        Guest one = Guest.start(machine);
        Guest other = Guest.start(machine)) {
      machine.install("/bin/one-page", starting(1), false);
      assertThat((int) other.call(Call.of("grow", 3))).isPositive();
      int grown = 3;
      while ((int) one.call(Call.of("grow", 1)) != FAILED_TO_GROW) {
        grown++;
      }
      while ((int) other.call(Call.of("grow", 1)) != FAILED_TO_GROW) {
        grown++; // into the room that it got with the first pages
      }
      assertThat((int) one.call(Call.of("grow", 1))).isEqualTo(FAILED_TO_GROW);
      Call spawn = Call.spawn("/bin/one-page", "one-page\0", "");
      assertRefused(machine, one, spawn, WasiErrno.NOMEM);
      assertThat(other.exit(0)).isEqualTo(WaitStatus.exited(0));
      assertThat((int) one.call(Call.of("grow", 3))).isPositive();
      one.succeed(spawn);
      assertEnded(one);
      return grown;
    }
  }
}
