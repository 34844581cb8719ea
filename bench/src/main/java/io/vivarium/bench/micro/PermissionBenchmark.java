package io.vivarium.bench.micro;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.permission.Domain;
import io.vivarium.kernel.permission.DomainPolicy;
import io.vivarium.kernel.permission.PermissionMode;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.permission.PermissionPolicy;
import io.vivarium.kernel.permission.PermissionRule;
import io.vivarium.kernel.syscall.SystemCalls;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** System calls under a policy, against the same without one. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("NullAway.Init") // JMH makes the state with the method that says so
public class PermissionBenchmark {
  private static final int BLOCK = 4_096;
  private static final int FILE_BLOCKS = 256;
  private static final String SHALLOW = "/work/file";
  private static final String DEEP = "/work/b/c/d/e/file";

  /** How many rules there are; 0 is no policy. */
  @Param({"0", "1", "200"})
  public int rules;

  private final byte[] block = new byte[BLOCK];
  private Kernel kernel;
  private SystemCalls calls;
  private int file;
  private int next;

  /** Makes a machine. */
  @Setup
  public void open() {
    KernelOptions options = KernelOptions.DEFAULT;
    if (rules > 0) {
      options =
          options.with(new PermissionOptions(policy(), null, PermissionOptions.DEADLINE, false));
    }
    kernel = new Kernel(new MemoryFileSystem(StorageLimits.unlimited()), options);
    calls = new SystemCalls(kernel, kernel.processes().init());
    for (String path : List.of("/work", "/work/b", "/work/b/c", "/work/b/c/d", "/work/b/c/d/e")) {
      calls.files().mkdir(AT_FDCWD, path, 0755);
    }
    calls.descriptors().close(create(SHALLOW));
    file = create(DEEP);
  }

  /** Denies, but for files of /work; one rule in ten has wildcards. */
  private PermissionPolicy policy() {
    List<PermissionRule> list = new ArrayList<>();
    for (int i = 1; i < rules; i++) {
      String pattern = i % 10 == 0 ? "/home/user*/dir-" + i + "/**" : "/srv/dir-" + i + "/**";
      PermissionMode mode = i % 2 == 0 ? PermissionMode.ALLOW : PermissionMode.DENY;
      list.add(new PermissionRule(mode, List.of("read", "write", "stat"), List.of(pattern)));
    }
    list.add(new PermissionRule(PermissionMode.ALLOW, List.of("*"), List.of("/work/**")));
    return new PermissionPolicy(Map.of(Domain.FS, new DomainPolicy(PermissionMode.DENY, list)));
  }

  private int create(String path) {
    return calls.files().open(AT_FDCWD, path, OpenFlags.O_CREAT | OpenFlags.O_RDWR, 0644);
  }

  /** Gives the machine back. */
  @TearDown
  public void close() {
    kernel.close();
  }

  /** stat(2) of a path of two components. */
  @Benchmark
  public Stat statShallow() {
    return calls.files().stat(AT_FDCWD, SHALLOW, 0);
  }

  /** stat(2) of a path of six components. */
  @Benchmark
  public Stat statDeep() {
    return calls.files().stat(AT_FDCWD, DEEP, 0);
  }

  /** open(2) and close(2) of a path of six components. */
  @Benchmark
  public void openAndClose() {
    calls.descriptors().close(calls.files().open(AT_FDCWD, DEEP, OpenFlags.O_RDONLY, 0));
  }

  /** pwrite(2) of 4 KiB through a descriptor. */
  @Benchmark
  public int write4KiB() {
    next = (next + 1) % FILE_BLOCKS;
    return calls.descriptors().pwrite(file, (long) next * BLOCK, block, 0, BLOCK);
  }
}
