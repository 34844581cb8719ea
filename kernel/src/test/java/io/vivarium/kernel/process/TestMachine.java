package io.vivarium.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.LockTable;
import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * A machine whose commands are Java programs: the kernel's real parts over a file system in memory.
 * A command is a file that starts with {@code !program NAME}, which a binary format of the test
 * turns into the program registered under that name.
 */
public final class TestMachine implements AutoCloseable {
  public static final Credentials USER = Credentials.of(1000, 1000);
  private static final String MAGIC = "!program ";
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  public final VirtualFileSystem vfs;
  public final Opener opener;
  public final ImageLoader loader;
  public final ProcessTable table;
  public final CountLimit openFiles = new CountLimit(10_000, Errno.ENFILE);
  private final MemoryFileSystem root = new MemoryFileSystem(StorageLimits.unlimited());
  private final Map<String, Program> programs = new ConcurrentHashMap<>();
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** Whether programs fail on purpose. */
  public volatile boolean expectsFailures;

  private final AtomicInteger names = new AtomicInteger();

  public TestMachine() {
    this(64);
  }

  public TestMachine(int maxProcesses) {
    this(maxProcesses, Gauges.SILENT);
  }

  public TestMachine(int maxProcesses, Gauges gauges) {
    vfs = new VirtualFileSystem(new MountTable(root, false));
    opener =
        new Opener(
            vfs,
            (task, place, flags) -> {
              throw Errno.ENXIO.exception();
            });
    loader =
        new ImageLoader(
            vfs,
            new Gauges(
                Limits.DEFAULT
                    .with(Limit.ARGUMENT_BYTES, 64 * 1024)
                    .with(Limit.ENVIRONMENT_BYTES, 64 * 1024),
                EventSink.DISCARD));
    loader.register(new JavaPrograms());
    table =
        new ProcessTable(
            new ProcessTable.Settings(
                maxProcesses, 256, ProcessTable.threadFactory(1 << 20), gauges),
            openFiles,
            new LockTable(1000),
            vfs,
            opener,
            loader);
    for (String directory : List.of("/bin", "/home", "/tmp")) {
      mkdir(directory, 0755);
    }
    mkdir("/tmp", 01777);
  }

  // ---- files
  // -------------------------------------------------------------------------------------

  public void mkdir(String path, int mode) {
    try {
      vfs.create(Credentials.root(), rootPlace(), path, NewInode.directory(mode, 0, 0));
    } catch (io.vivarium.kernel.errno.ErrnoException exists) {
      vfs.chmod(Credentials.root(), place(path), mode);
    }
  }

  public Location write(String path, int mode, String contents) {
    NewInode attributes = NewInode.regular(mode, 0, 0);
    Location file = vfs.create(Credentials.root(), rootPlace(), path, attributes);
    byte[] bytes = contents.getBytes(UTF_8);
    int written = file.inode().write(0, bytes, 0, bytes.length);
    assertThat(written).isEqualTo(bytes.length);
    return file;
  }

  public Location rootPlace() {
    return vfs.mounts().root();
  }

  public Location place(String path) {
    return vfs.resolve(Credentials.root(), rootPlace(), path, true);
  }

  public FileDescription open(String path, int flags) {
    return opener.open(HostTask.current(), Credentials.root(), rootPlace(), path, flags, 0644);
  }

  /** Makes a command. What goes wrong in it fails the test when the machine closes. */
  public String command(String path, Program program) {
    String name = path + "#" + names.incrementAndGet();
    programs.put(name, program);
    write(path, 0755, MAGIC + name + "\n");
    return path;
  }

  /** Makes a command without a path of interest. */
  public String command(Program program) {
    return command("/bin/c" + names.incrementAndGet(), program);
  }

  // ---- processes
  // ---------------------------------------------------------------------------------

  public Process launch(Program program) {
    return launch(request(command(program)).newSession());
  }

  public Process launch(SpawnRequest.Builder request) {
    return launch(request, USER, process -> {});
  }

  public Process launch(SpawnRequest.Builder request, Credentials who, Consumer<Process> prepare) {
    return table.launch(
        new Launch(
            request.build(), who, rootPlace(), Process.DEFAULT_UMASK, new TreeMap<>(), prepare));
  }

  /** Launches a program, waits for its end and answers its status word. */
  public int run(Program program) {
    return end(launch(program));
  }

  public int run(Credentials who, Program program) {
    return end(launch(request(command(program)).newSession(), who, process -> {}));
  }

  public static SpawnRequest.Builder request(String path, String... more) {
    List<String> argv = new ArrayList<>(List.of(path));
    argv.addAll(List.of(more));
    return SpawnRequest.program(path, argv);
  }

  public int end(Process process) {
    assertThat(process.awaitEnd(HostTask.current(), System.nanoTime() + PATIENCE.toNanos()))
        .as("%s ends", process)
        .isTrue();
    return process.status();
  }

  /** Waits for what another thread is about to do. */
  public static void eventually(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - deadline).as("eventually: %s", what).isNegative();
      try {
        TimeUnit.MICROSECONDS.sleep(200);
      } catch (InterruptedException e) {
        // A process that is being killed leaves its program here.
        Process process = Process.current();
        if (process != null) {
          process.checkSignals();
        }
        throw new AssertionError(e);
      }
    }
  }

  public static void awaitState(Process process, ProcessState state) {
    eventually(process + " is " + state, () -> process.state() == state);
  }

  @Override
  public void close() {
    boolean ended = table.close(Duration.ZERO, PATIENCE);
    for (Throwable failure : failures) {
      throw new AssertionError(failure);
    }
    assertThat(ended).as("all threads end").isTrue();
    assertThat(openFiles.used()).as("files left open").isZero();
    List<Process> left = table.processes();
    assertThat(left).as("processes left").allMatch(p -> p.isInit() || p.isZombie());
  }

  private final class JavaPrograms implements BinaryFormat {
    @Override
    public boolean recognises(byte[] header, int length) {
      return new String(header, 0, length, UTF_8).startsWith(MAGIC);
    }

    @Override
    public Program load(Location file, String path, List<String> argv) {
      byte[] contents = new byte[ImageLoader.HEADER_BYTES];
      int length = file.inode().read(0, contents, 0, contents.length);
      String name = new String(contents, 0, length, UTF_8).substring(MAGIC.length()).strip();
      Program program = programs.get(name);
      return process -> {
        try {
          return program.run(process);
        } catch (ControlFlow flow) {
          throw flow;
        } catch (Throwable failed) {
          if (!expectsFailures) {
            failures.add(failed);
          }
          throw failed;
        }
      };
    }
  }
}
