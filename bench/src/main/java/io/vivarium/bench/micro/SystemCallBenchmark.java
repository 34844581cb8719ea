package io.vivarium.bench.micro;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
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
import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.kernel.trace.TraceLines;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.engine.EngineOptions;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.InvalidModule;
import io.vivarium.wasm.engine.LinkFailure;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.process.WasmBinaryFormat;
import io.vivarium.wasm.trace.CallObserver;
import io.vivarium.wasm.trace.Tracing;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a system call of a guest costs, watched and not watched. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH makes the state with the method that says so
public class SystemCallBenchmark {
  /** A module that has a memory of two pages and nothing else. */
  private static final byte[] MODULE = {0, 'a', 's', 'm', 1, 0, 0, 0, 5, 3, 1, 0, 2};

  private static final int PATH = 4096;
  private static final int VECTOR = 4160;
  private static final int RESULT = 4224;
  private static final String FILE = "tmp/file";

  private static final int CALLS = 1_000;

  /** How it is watched; "elsewhere" is another machine of the JVM, which has metrics. */
  @Param({"off", "elsewhere", "metrics", "strace"})
  public String watched = "off";

  // What the process, whose thread alone may make its calls, is to do next.
  private final SynchronousQueue<Runnable> work = new SynchronousQueue<>();
  private final SynchronousQueue<Optional<RuntimeException>> done = new SynchronousQueue<>();
  private Kernel kernel;
  private GuestInstance guest;
  private TraceLines lines;
  private HostFunction stat;
  private HostFunction write;
  private long[] statArguments;
  private long[] writeArguments;

  /** Starts a process, whose calls this thread makes. */
  @Setup
  public void start() throws InterruptedException, IOException, InvalidModule, LinkFailure {
    MemoryFileSystem root = new MemoryFileSystem(StorageLimits.unlimited());
    BaseImage.build(root.root(), "bench");
    kernel = new Kernel(root, KernelOptions.DEFAULT);
    BlockingQueue<Process> started = new ArrayBlockingQueue<>(1);
    kernel.register(new Waiting(started));
    Location home = kernel.vfs().mounts().root();
    root.root()
        .lookup("tmp")
        .create("wait", NewInode.regular(0755, 0, 0))
        .write(0, new byte[4], 0, 4);
    SpawnRequest request = SpawnRequest.program("/tmp/wait", List.of("wait")).build();
    kernel
        .processes()
        .launch(new Launch(request, Credentials.root(), home, 022, new TreeMap<>(), p -> {}));
    Process process = started.take();
    lines = new TraceLines(line -> {});
    Tracing tracing =
        new Tracing(
            watched.equals("metrics") ? new CallMetrics("bench") : null,
            watched.equals("strace") ? lines : null);
    CallObserver observer = tracing.observer(process);
    if (observer != null) {
      in(observer::begin);
    }
    if (watched.equals("elsewhere")) {
      PhaseClock.attach(new PhaseClock());
      PhaseClock.attach(null);
    }
    GuestContext context =
        new GuestContext(
            process,
            new SystemCalls(kernel, process),
            TaggedRoot.INSTANCE,
            List.of(),
            List.of(),
            observer);
    guest =
        WasmEngine.open(EngineOptions.DEFAULT)
            .load(MODULE)
            .instantiate(imported -> null, InstanceLimits.DEFAULT, context);
    byte[] path = FILE.getBytes(StandardCharsets.US_ASCII);
    guest.memory().copyIn(PATH, path, 0, path.length);
    guest.memory().putInt(VECTOR, PATH);
    guest.memory().putInt(VECTOR + 4, path.length);
    long[] open = {TaggedRoot.ROOT, 1, PATH, path.length, 1, 0x42, 0, 0, RESULT};
    in(() -> require(function("path_open").call(guest, open)));
    stat = function("path_filestat_get");
    statArguments = new long[] {TaggedRoot.ROOT, 1, PATH, path.length, RESULT};
    write = function("fd_pwrite");
    writeArguments = new long[] {guest.memory().getInt(RESULT), VECTOR, 1, 0, RESULT};
    in(() -> require(stat.call(guest, statArguments)));
    in(() -> require(write.call(guest, writeArguments)));
  }

  /** Has the process do something. */
  private void in(Runnable task) throws InterruptedException {
    work.put(task);
    Optional<RuntimeException> failure = done.take();
    if (failure.isPresent()) {
      throw failure.get();
    }
  }

  private static void require(long errno) {
    if (errno != 0) {
      throw new IllegalStateException("errno " + errno);
    }
  }

  private static HostFunction function(String name) {
    for (ImportModule module : WasmBinaryFormat.importModules()) {
      if (module.name().equals("wasi_snapshot_preview1")) {
        return Objects.requireNonNull(module.find(name));
      }
    }
    throw new IllegalStateException(name);
  }

  /** Ends the process and gives the machine back. */
  @TearDown
  public void close() {
    kernel.close();
    lines.close();
  }

  /** path_filestat_get of a file two directories deep. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void stat() throws InterruptedException {
    in(() -> repeat(stat, statArguments));
  }

  /** fd_pwrite of 8 bytes over those that are there. */
  @Benchmark
  @OperationsPerInvocation(CALLS)
  public void write() throws InterruptedException {
    in(() -> repeat(write, writeArguments));
  }

  private static Optional<RuntimeException> run(Runnable task) {
    try {
      task.run();
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    }
  }

  private void repeat(HostFunction function, long[] arguments) {
    long errors = 0;
    for (int i = 0; i < CALLS; i++) {
      errors |= function.call(guest, arguments);
    }
    require(errors);
  }

  /** A program that does what the benchmark wants. */
  private final class Waiting implements BinaryFormat {
    private final BlockingQueue<Process> started;

    Waiting(BlockingQueue<Process> started) {
      this.started = started;
    }

    @Override
    public boolean recognises(byte[] header, int length) {
      return true;
    }

    @Override
    public Program load(Location file, String path, List<String> argv) {
      return process -> {
        started.add(process);
        try {
          while (true) {
            done.put(run(work.take()));
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
        return 0;
      };
    }
  }
}
