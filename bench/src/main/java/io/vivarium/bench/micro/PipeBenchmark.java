package io.vivarium.bench.micro;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.wait.HostTask;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Pipes: through one on the same thread, and to another thread and back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PipeBenchmark {
  private static final int BLOCK = 4_096;

  private final byte[] block = new byte[BLOCK];
  private final byte[] one = new byte[1];
  private final Kernel kernel;
  private final PipeEnds own;
  private final PipeEnds there;
  private final PipeEnds back;
  private final Thread echo;

  /** Makes pipes, and a thread that sends back what it gets. */
  public PipeBenchmark() {
    kernel = new Kernel(new MemoryFileSystem(StorageLimits.unlimited()), KernelOptions.DEFAULT);
    own = kernel.pipes().create(0, 0, 0);
    there = kernel.pipes().create(0, 0, 0);
    back = kernel.pipes().create(0, 0, 0);
    echo = Thread.ofPlatform().daemon().start(() -> echo(there, back));
  }

  private static void echo(PipeEnds there, PipeEnds back) {
    HostTask task = HostTask.current();
    byte[] buffer = new byte[1];
    try {
      while (there.reader().read(task, buffer, 0, 1) == 1) {
        back.writer().write(task, buffer, 0, 1);
      }
    } catch (ErrnoException e) {
      // Interrupted: the benchmark is over.
    }
  }

  /** Ends the thread and gives the machine back. */
  @TearDown
  public void close() throws InterruptedException {
    there.writer().release();
    echo.join();
    kernel.close();
  }

  /** 4 KiB into a pipe and out of it. */
  @Benchmark
  public int through4KiB() {
    HostTask task = HostTask.current();
    own.writer().write(task, block, 0, BLOCK);
    return own.reader().read(task, block, 0, BLOCK);
  }

  /** A byte to another thread and back: two wake-ups. */
  @Benchmark
  public int roundTripToOtherThread() {
    HostTask task = HostTask.current();
    there.writer().write(task, one, 0, 1);
    return back.reader().read(task, one, 0, 1);
  }
}
