package io.vivarium;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.image.BaseImage;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.process.BinaryFormat;
import io.vivarium.kernel.process.Launch;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Program;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.software.InstallProgress;
import io.vivarium.software.NpmPackage;
import io.vivarium.software.Software;
import io.vivarium.software.SoftwareHome;
import io.vivarium.wasm.engine.EngineOptions;
import io.vivarium.wasm.engine.FuelTank;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.GuestModule;
import io.vivarium.wasm.engine.GuestTrap;
import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.ImportResolver;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.LinkFailure;
import io.vivarium.wasm.engine.Metering;
import io.vivarium.wasm.engine.TrapKind;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.process.WasmBinaryFormat;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportTable;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Published commands with real work use exactly the same fuel, and stop at exactly the same place,
 * interpreted and compiled and every time. Their input is the same to the byte: files, a clock that
 * stands still, and random numbers that are none.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuelOfCommandsTest {
  private static final String INPUT = input();

  private static Software software;
  private static WasmEngine interpreting;
  private static WasmEngine compiling;

  @BeforeAll
  static void start() throws IOException {
    SoftwareHome home = SoftwareHome.ofUser();
    software = Software.install(home, NpmPackage.STANDARD_COMMANDS, InstallProgress.SILENT);
    EngineOptions options = EngineOptions.DEFAULT.withCompileInBackground(false);
    interpreting = WasmEngine.open(options);
    compiling = WasmEngine.open(options.withCacheDirectory(home.code()));
  }

  @AfterAll
  static void stop() {
    interpreting.close();
    compiling.close();
  }

  private static String input() {
    StringBuilder text = new StringBuilder();
    Random random = new Random(11);
    for (int i = 0; i < 120; i++) {
      text.append("%d word%d %x line\n".formatted(random.nextInt(50), i % 7, random.nextInt()));
    }
    return text.toString();
  }

  /** What a run did: how it ended, what it used, what it wrote, what its memory was then. */
  private record Run(String end, long used, String output, int memory) {}

  @ParameterizedTest
  @ValueSource(
      strings = {
        "true",
        "echo some words",
        "ls /etc",
        "wc",
        "sort",
        "sort -n -k1 -u",
        "sed s/word\\([0-9]\\)/[\\1]/;/3/d",
        "awk {n[$2]+=$1}END{for(k=0;k<7;k++)print\"word\"k\":\"n[\"word\"k]}",
        "sha256sum",
        "jq -R -s explode|map(.%7)|add",
        "cut -c1-5",
        "tr a-z A-Z",
        "head -n 20",
        "tail -n 20",
        "uniq -c",
        "grep -c word3",
        "base64",
        "seq 1 300",
        "expr 12345 * 6789",
        "od -c",
        "md5sum",
        "fold -w 10",
        "gzip -c",
        "nl"
      })
  void a_command_stops_at_the_same_instruction_interpreted_and_compiled(String line)
      throws Exception {
    String[] argv = line.split(" ", -1);
    GuestModule interpreted = load(interpreting, argv[0]);
    GuestModule compiled = load(compiling, argv[0]);
    assertThat(compiled.compile()).isTrue();
    assertThat(interpreted.compiled()).isFalse();

    Run whole = run(interpreted, FuelTank.UNLIMITED, argv);
    assertThat(whole.end()).isEqualTo("exit 0");
    for (int i = 0; i < 3; i++) {
      assertThat(run(compiled, FuelTank.UNLIMITED, argv)).isEqualTo(whole);
    }
    long used = whole.used();
    assertThat(run(interpreted, used, argv)).isEqualTo(whole);
    assertThat(run(compiled, used, argv)).isEqualTo(whole);
    for (long fuel : new long[] {used - 1, used / 2, used / 3, used / 7, 100, 1}) {
      Run cut = run(interpreted, Math.min(fuel, used - 1), argv);
      assertThat(cut.end()).isEqualTo("OUT_OF_FUEL");
      assertThat(run(compiled, Math.min(fuel, used - 1), argv)).isEqualTo(cut);
      assertThat(whole.output()).startsWith(cut.output());
    }
    System.out.println(used + "  " + line);
  }

  private static GuestModule load(WasmEngine engine, String name) throws Exception {
    io.vivarium.software.Command command = software.commands().get(name);
    return engine.load(command.digest(), () -> Files.readAllBytes(command.file()), Metering.FUEL);
  }

  // ---- a machine for one run ------------------------------------------------------------------

  private static Run run(GuestModule module, long fuel, String... argv) {
    MemoryFileSystem root = new MemoryFileSystem(StorageLimits.of(1 << 20, 1000));
    BaseImage.build(root.root(), "testing");
    Inode home = root.root().lookup("home").lookup("user");
    write(home, "in", INPUT.getBytes(UTF_8), 0644);
    write(home, "program", new byte[] {'%'}, 0755);
    FuelTank tank = new FuelTank(fuel);
    AtomicReference<Ending> ending = new AtomicReference<>();
    try (Kernel kernel = new Kernel(root, KernelOptions.DEFAULT)) {
      kernel.register(
          new OneProgram(process ->
              execute(module, tank, new SystemCalls(kernel, process), process, argv, ending)));
      Location place =
          kernel
              .vfs()
              .resolve(Credentials.root(), kernel.vfs().mounts().root(), "/home/user", true);
      SpawnRequest request = SpawnRequest.program("./program", List.of(argv)).build();
      Process process =
          kernel
              .processes()
              .launch(
                  new Launch(
                      request, Credentials.of(1000, 1000), place, 022, new TreeMap<>(), p -> {}));
      int status = process.awaitEnd();
      Ending end = ending.get();
      TrapKind trap = end.trap();
      return new Run(
          trap == null ? "exit " + (status >> 8) : trap.name(),
          tank.used(),
          read(home.lookup("out")) + read(home.lookup("err")),
          // Times of files, which do not stand still.
          argv[0].equals("ls") || argv[0].equals("grep") ? 0 : end.memory());
    }
  }

  private static void write(Inode directory, String name, byte[] contents, int mode) {
    Inode file = directory.create(name, NewInode.regular(mode, 1000, 1000));
    file.write(0, contents, 0, contents.length);
  }

  private static String read(Inode file) {
    byte[] bytes = new byte[(int) file.size()];
    int count = bytes.length == 0 ? 0 : file.read(0, bytes, 0, bytes.length);
    return new String(bytes, 0, count, UTF_8);
  }

  private record Ending(@Nullable TrapKind trap, int memory) {}

  /** What {@link io.vivarium.wasm.process} does, with input that never changes. */
  private static int execute(
      GuestModule module,
      FuelTank tank,
      SystemCalls calls,
      Process process,
      String[] argv,
      AtomicReference<Ending> ending) {
    open(calls, "in", OpenFlags.O_RDONLY, 0);
    open(calls, "out", OpenFlags.O_WRONLY | OpenFlags.O_CREAT, 1);
    open(calls, "err", OpenFlags.O_WRONLY | OpenFlags.O_CREAT, 2);
    GuestContext context =
        new GuestContext(
            process,
            calls,
            TaggedRoot.INSTANCE,
            List.of(argv),
            List.of("PATH=/bin", "PWD=/home/user"));
    process.leaveKernel();
    try (GuestInstance instance =
        module.instantiate(still(), InstanceLimits.DEFAULT.withFuel(tank), context)) {
      try {
        instance.start();
        ending.set(new Ending(null, memory(instance)));
      } catch (GuestTrap trap) {
        process.enterKernel();
        ending.set(new Ending(trap.kind(), memory(instance)));
      } finally {
        if (ending.get() == null) {
          ending.set(new Ending(null, memory(instance)));
        }
      }
      return 0;
    } catch (LinkFailure e) {
      throw new IllegalStateException(e);
    }
  }

  private static void open(SystemCalls calls, String name, int flags, int number) {
    int fd = calls.files().open(AT_FDCWD, name, flags, 0644);
    if (fd != number) {
      calls.descriptors().renumber(fd, number);
    }
  }

  private static int memory(GuestInstance instance) {
    return Arrays.hashCode(instance.memory().copy(0, (int) instance.memory().size()));
  }

  /** The functions of the machine, but time stands still and chance has no part. */
  private static ImportResolver still() {
    ImportTable table = new ImportTable(WasmBinaryFormat.importModules());
    return imported -> {
      HostFunction function = table.resolve(imported);
      return switch (imported.name()) {
        case "clock_time_get" ->
            (guest, arguments) -> {
              guest.memory().putLong((int) arguments[2], 1_700_000_000_000_000_000L);
              return 0;
            };
        case "random_get" ->
            (guest, arguments) -> {
              int length = (int) arguments[1];
              guest.memory().copyIn((int) arguments[0], new byte[length], 0, length);
              return 0;
            };
        default -> function;
      };
    };
  }

  /** The one file of the machine that can be executed. */
  private record OneProgram(Program program) implements BinaryFormat {
    @Override
    public boolean recognises(byte[] header, int length) {
      return length > 0 && header[0] == '%';
    }

    @Override
    public Program load(Location file, String path, List<String> argv) {
      return program;
    }
  }
}
