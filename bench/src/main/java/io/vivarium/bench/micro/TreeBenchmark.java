package io.vivarium.bench.micro;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.user.Credentials;
import java.util.List;
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

/** System calls on paths and files of the memory file system. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class TreeBenchmark {
  private static final int FILES = 100;
  private static final int BLOCK = 4_096;
  private static final int FILE_BLOCKS = 256;
  private static final String DEEP = "/a/b/c/d/e/file";

  private final byte[] block = new byte[BLOCK];
  private final Kernel kernel;
  private final SystemCalls calls;
  private final int file;
  private final int directory;
  private int next;

  /** Makes a tree. */
  public TreeBenchmark() {
    kernel = new Kernel(new MemoryFileSystem(StorageLimits.unlimited()), KernelOptions.DEFAULT);
    calls = new SystemCalls(kernel, kernel.processes().init());
    for (String path : List.of("/a", "/a/b", "/a/b/c", "/a/b/c/d", "/a/b/c/d/e")) {
      calls.files().mkdir(AT_FDCWD, path, 0755);
    }
    file = create(DEEP);
    calls.files().mkdir(AT_FDCWD, "/hundred", 0755);
    for (int i = 0; i < FILES; i++) {
      calls.descriptors().close(create("/hundred/file-" + i));
    }
    directory = calls.files().open(AT_FDCWD, "/hundred", OpenFlags.O_DIRECTORY, 0);
  }

  private int create(String path) {
    return calls.files().open(AT_FDCWD, path, OpenFlags.O_CREAT | OpenFlags.O_RDWR, 0644);
  }

  /** Gives the machine back. */
  @TearDown
  public void close() {
    kernel.close();
  }

  /** Path lookup: six components, nothing else. */
  @Benchmark
  public Location lookUpSixComponents() {
    return kernel.vfs().resolve(Credentials.root(), kernel.vfs().mounts().root(), DEEP, true);
  }

  /** stat(2) of a path of six components. */
  @Benchmark
  public Stat stat() {
    return calls.files().stat(AT_FDCWD, DEEP, 0);
  }

  /** pwrite(2) of 4 KiB, round and round in a file of 1 MiB. */
  @Benchmark
  public int write4KiB() {
    next = (next + 1) % FILE_BLOCKS;
    return calls.descriptors().pwrite(file, (long) next * BLOCK, block, 0, BLOCK);
  }

  /** pread(2) of 4 KiB. */
  @Benchmark
  public int read4KiB() {
    return calls.descriptors().pread(file, 0, block, 0, BLOCK);
  }

  /** All entries of a directory of 100 files. */
  @Benchmark
  public long readDirectoryOf100() {
    long[] sum = new long[1];
    calls
        .descriptors()
        .readDirectory(
            directory,
            0,
            (name, ino, type, cookie) -> {
              sum[0] += ino;
              return true;
            });
    return sum[0];
  }

  /** open(2) and close(2) of a path of six components. */
  @Benchmark
  public void openAndClose() {
    calls.descriptors().close(calls.files().open(AT_FDCWD, DEEP, OpenFlags.O_RDONLY, 0));
  }
}
