package io.vivarium.bench.micro;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.kernel.syscall.FileCalls;
import io.vivarium.kernel.syscall.SystemCalls;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What system calls cost in a machine with few and with many files, with a quota and without one:
 * the ledger is kept by what changes, so the number of files should not show.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 9, time = 400, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    // A small young generation whose pages are there: none is touched for the first time while
    // timed.
    jvmArgsAppend = {"-Xms3g", "-Xmx3g", "-Xmn64m", "-XX:+AlwaysPreTouch"})
@SuppressWarnings("NullAway.Init") // JMH makes the state with the method that says so
public class PopulationBenchmark {
  private static final int IN_A_DIRECTORY = 100;
  private static final int LARGE_DIRECTORY = 100_000;
  private static final int DEPTH = 31;
  private static final int BLOCK = 4_096;
  private static final int MEBIBYTE = 1 << 20;
  private static final int NEW = OpenFlags.O_CREAT | OpenFlags.O_EXCL | OpenFlags.O_WRONLY;

  /** How many inodes the machine has besides the few that are worked on. */
  @Param({"100", "10000", "1000000"})
  public int inodes;

  /** Whether the machine has a quota. */
  @Param({"true", "false"})
  public boolean quota;

  private final byte[] block = new byte[BLOCK];
  private final byte[] mebibyte = new byte[MEBIBYTE];
  private Kernel kernel;
  private FileCalls files;
  private DescriptorCalls descriptors;
  private String deep;
  private int small;
  private int large;
  private int directory;
  private boolean renamed;

  /** Fills the machine. */
  @Setup(Level.Trial)
  public void populate() {
    StorageLimits limits =
        quota ? new StorageLimits(1L << 32, 4_000_000, 2L << 30) : StorageLimits.unlimited();
    kernel = new Kernel(new MemoryFileSystem(limits), KernelOptions.DEFAULT);
    SystemCalls calls = new SystemCalls(kernel, kernel.processes().init());
    files = calls.files();
    descriptors = calls.descriptors();
    for (int i = 0; i < inodes; i++) {
      if (i % IN_A_DIRECTORY == 0) {
        files.mkdir(AT_FDCWD, "/p" + i / IN_A_DIRECTORY, 0755);
      } else {
        create("/p" + i / IN_A_DIRECTORY + "/file-" + i);
      }
    }
    files.mkdir(AT_FDCWD, "/work", 0755);
    create("/work/file");
    create("/work/old");
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < DEPTH; i++) {
      files.mkdir(AT_FDCWD, path.append("/d").append(i).toString(), 0755);
    }
    deep = path.append("/file").toString();
    create(deep);
    small = files.open(AT_FDCWD, "/work/file", OpenFlags.O_RDWR, 0);
    large = files.open(AT_FDCWD, "/work/large", OpenFlags.O_CREAT | OpenFlags.O_RDWR, 0644);
    if (inodes >= LARGE_DIRECTORY) {
      files.mkdir(AT_FDCWD, "/wide", 0755);
      for (int i = 0; i < LARGE_DIRECTORY; i++) {
        create("/wide/file-" + i);
      }
    } else {
      files.mkdir(AT_FDCWD, "/wide", 0755);
      create("/wide/file-77");
    }
    directory = inodes;
  }

  private void create(String path) {
    descriptors.close(files.open(AT_FDCWD, path, NEW, 0644));
  }

  /** Gives the machine back. */
  @TearDown(Level.Trial)
  public void close() {
    kernel.close();
  }

  /** open(2) of a new file, close(2) and unlink(2) of it. */
  @Benchmark
  public void createAndUnlink() {
    create("/work/new");
    files.unlink(AT_FDCWD, "/work/new");
  }

  /** The same in a directory of 100,000 files where the machine has that many, else of one. */
  @Benchmark
  public void createAndUnlinkInWideDirectory() {
    create("/wide/new");
    files.unlink(AT_FDCWD, "/wide/new");
  }

  /** The same 32 components deep. */
  @Benchmark
  public void createAndUnlinkDeep() {
    String path = deep + "-new";
    create(path);
    files.unlink(AT_FDCWD, path);
  }

  /** stat(2) of one file. */
  @Benchmark
  public Stat stat() {
    return files.stat(AT_FDCWD, "/work/file", 0);
  }

  /** stat(2) of a path of 32 components. */
  @Benchmark
  public Stat statDeep() {
    return files.stat(AT_FDCWD, deep, 0);
  }

  /** stat(2) of one file in a directory of 100,000 where the machine has that many. */
  @Benchmark
  public Stat statInWideDirectory() {
    return files.stat(AT_FDCWD, "/wide/file-77", 0);
  }

  /** rename(2) there and back again. */
  @Benchmark
  public void rename() {
    renamed = !renamed;
    String from = renamed ? "/work/old" : "/work/new";
    files.rename(AT_FDCWD, from, AT_FDCWD, renamed ? "/work/new" : "/work/old", 0);
  }

  /** 4 KiB more in a file: truncate(2) to nothing and a write that charges. */
  @Benchmark
  public int write4KiB() {
    descriptors.truncate(small, 0);
    return descriptors.pwrite(small, 0, block, 0, BLOCK);
  }

  /** 1 MiB more in a file. */
  @Benchmark
  public int write1MiB() {
    descriptors.truncate(large, 0);
    return descriptors.pwrite(large, 0, mebibyte, 0, MEBIBYTE);
  }

  /** mkdir(2), and a file in the new directory, and both away again. */
  @Benchmark
  public void makeAndRemoveDirectory() {
    String path = "/work/directory" + directory;
    files.mkdir(AT_FDCWD, path, 0755);
    create(path + "/file");
    files.unlink(AT_FDCWD, path + "/file");
    files.rmdir(AT_FDCWD, path);
  }
}
