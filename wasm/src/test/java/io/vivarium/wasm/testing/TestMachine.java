package io.vivarium.wasm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.image.BaseImage;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.process.BinaryFormat;
import io.vivarium.kernel.process.Launch;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Program;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.wasm.engine.EngineOptions;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.InvalidModule;
import io.vivarium.wasm.engine.MemoryAdmission;
import io.vivarium.wasm.engine.Metering;
import io.vivarium.wasm.engine.ModuleDigest;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.process.WasmBinaryFormat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * A real machine with the lane in it. Files that start with {@code @NAME} run the Java program that
 * a test registered under that name, on the thread of a real process.
 */
public final class TestMachine implements AutoCloseable {
  /** The user that everything runs as. */
  public static final Credentials USER = Credentials.of(1000, 1000);

  private static final WasmEngine ENGINE = engine();

  private final MemoryFileSystem root;
  private final Map<String, Program> programs = new ConcurrentHashMap<>();
  private final Kernel kernel;
  private final WasmBinaryFormat format;
  private final Metering metering;

  /** Boots a machine whose processes can have 256 pages of memory. */
  public TestMachine() {
    this(KernelOptions.DEFAULT.with(Limit.PROCESS_MEMORY, 256 * InstanceLimits.PAGE));
  }

  /** Boots a machine. */
  public TestMachine(KernelOptions options) {
    this(options, MemoryAdmission.unlimited());
  }

  /** Boots a machine that gets its guest memory from a host. */
  public TestMachine(KernelOptions options, MemoryAdmission host) {
    root =
        new MemoryFileSystem(
            StorageLimits.of(
                options.limits().get(Limit.STORAGE_BYTES),
                options.limits().get(Limit.STORAGE_INODES)));
    BaseImage.build(root.root(), "testing");
    kernel = new Kernel(root, options);
    long fuel = options.limits().get(Limit.FUEL);
    metering = fuel == Limit.FUEL.most() ? Metering.NONE : Metering.FUEL;
    root.ledger()
        .watch(
            kernel.gauges().ofMachine(Limit.STORAGE_BYTES),
            kernel.gauges().ofMachine(Limit.STORAGE_INODES));
    format = new WasmBinaryFormat(ENGINE, this::calls, host, kernel.gauges());
    kernel.register(format);
    kernel.register(new JavaPrograms());
  }

  /** The engine that all machines share; interprets. */
  public static WasmEngine engine() {
    try {
      return WasmEngine.open(EngineOptions.DEFAULT.withCompileInBackground(false));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The kernel. */
  public Kernel kernel() {
    return kernel;
  }

  /** The lane. */
  public WasmBinaryFormat format() {
    return format;
  }

  /** The system calls of a process. */
  public SystemCalls calls(Process process) {
    return new SystemCalls(kernel, process);
  }

  /** What an absolute path leads to. */
  public Inode inode(String path) {
    return place(path).inode();
  }

  private Location place(String path) {
    return kernel.vfs().resolve(Credentials.root(), kernel.vfs().mounts().root(), path, true);
  }

  /** Creates or replaces a file of the user. */
  public void write(String path, byte[] contents, int mode) {
    int slash = path.lastIndexOf('/');
    Inode directory = inode(slash == 0 ? "/" : path.substring(0, slash));
    Inode file = directory.create(path.substring(slash + 1), NewInode.regular(mode, 1000, 1000));
    if (contents.length > 0) {
      file.write(0, contents, 0, contents.length);
    }
  }

  /** Installs a module, compiled if so wanted. */
  public void install(String path, byte[] module, boolean compiled) {
    try {
      if (compiled && !ENGINE.load(ModuleDigest.of(module), () -> module, metering).compile()) {
        throw new AssertionError(path + " does not compile");
      }
    } catch (InvalidModule | IOException e) {
      throw new AssertionError(e);
    }
    write(path, module, 0755);
  }

  /** Creates a text file of the user. */
  public void write(String path, String contents) {
    write(path, contents.getBytes(UTF_8), 0644);
  }

  /** The contents of a file as text. */
  public String read(String path) {
    Inode inode = inode(path);
    byte[] bytes = new byte[(int) inode.size()];
    int length = bytes.length == 0 ? 0 : inode.read(0, bytes, 0, bytes.length);
    return ByteStrings.decode(bytes, 0, length);
  }

  /** Makes a directory of the user. */
  public void mkdir(String path) {
    int slash = path.lastIndexOf('/');
    Inode directory = inode(slash == 0 ? "/" : path.substring(0, slash));
    directory.create(path.substring(slash + 1), NewInode.directory(0755, 1000, 1000));
  }

  /** Makes a Java program executable under a path, in place of another one if there is one. */
  public void install(String path, Program program) {
    if (programs.put(path, program) != null) {
      return;
    }
    write(path, ("@" + path + "\n").getBytes(UTF_8), 0755);
  }

  /**
   * How a process ended and what it wrote.
   *
   * @param status as a shell shows it
   * @param word status word of wait(2)
   */
  public record Result(int status, int word, String stdout, String stderr) {}

  /** Runs a program with empty input in /home/user until it ends. */
  public Result run(String... argv) {
    return run(process -> {}, List.of("PATH=/bin", "HOME=/home/user"), "", argv);
  }

  /** Runs a program until it ends. */
  public Result run(
      Consumer<Process> prepare, List<String> environment, String input, String... argv) {
    PipeEnds in = kernel.pipes().create(0, 1000, 1000);
    PipeEnds out = kernel.pipes().create(0, 1000, 1000);
    PipeEnds err = kernel.pipes().create(0, 1000, 1000);
    TreeMap<Integer, FileDescription> fds = new TreeMap<>();
    fds.put(0, in.reader());
    fds.put(1, out.writer());
    fds.put(2, err.writer());
    SpawnRequest request =
        SpawnRequest.program(argv[0], List.of(argv))
            .searchPath("/bin")
            .environment(environment)
            .build();
    byte[] bytes = input.getBytes(UTF_8);
    if (bytes.length > 0) {
      in.writer().write(HostTask.current(), bytes, 0, bytes.length);
    }
    in.writer().release();
    Output stdout = new Output(out.reader());
    Output stderr = new Output(err.reader());
    Process process =
        kernel
            .processes()
            .launch(new Launch(request, USER, place("/home/user"), 022, fds, prepare));
    int word = process.awaitEnd();
    return new Result(WaitStatus.shellStatus(word), word, stdout.text(), stderr.text());
  }

  @Override
  public void close() {
    kernel.close();
  }

  /** Collects what a pipe carries until its end. */
  private static final class Output {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread thread;

    Output(FileDescription pipe) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(() -> {
                byte[] buffer = new byte[8192];
                int count = pipe.read(HostTask.current(), buffer, 0, buffer.length);
                while (count > 0) {
                  bytes.write(buffer, 0, count);
                  count = pipe.read(HostTask.current(), buffer, 0, buffer.length);
                }
                pipe.release();
              });
    }

    String text() {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      return ByteStrings.decode(bytes.toByteArray());
    }
  }

  /** Files of the form {@code @NAME}. */
  private final class JavaPrograms implements BinaryFormat {
    @Override
    public boolean recognises(byte[] header, int length) {
      return length > 1 && header[0] == '@';
    }

    @Override
    public Program load(Location file, String path, List<String> argv) {
      byte[] text = new byte[256];
      int length = file.inode().read(0, text, 0, text.length);
      Program program = programs.get(new String(text, 1, length - 2, UTF_8));
      if (program == null) {
        throw new IllegalStateException("no such program");
      }
      return program;
    }
  }
}
