package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.process.FileAction;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.engine.ValueType;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.GuestStrings;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.SignalSets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Making children and becoming another program.
 *
 * <p>Strings of argv and env end in NUL and follow each other. Entries of env without name or
 * {@code =} are dropped; what the caller passes is the whole environment.
 *
 * <p>Source: ABI sections 6.1 to 6.3; posix_spawn(3), execve(2).
 */
final class SpawnFunctions {
  private static final int RESETIDS = 1;
  private static final int SETPGROUP = 2;
  private static final int SETSIGDEF = 4;
  private static final int SETSIGMASK = 8;
  private static final int SETSCHEDPARAM = 16;
  private static final int SETSCHEDULER = 32;
  private static final int USEVFORK = 64;
  private static final int SETSID = 128;
  private static final int ALL =
      RESETIDS
          | SETPGROUP
          | SETSIGDEF
          | SETSIGMASK
          | SETSCHEDPARAM
          | SETSCHEDULER
          | USEVFORK
          | SETSID;

  /** Where commands are when the environment does not say. */
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

  /** A standard stream that the child shall not have; it gets an empty one. */
  private static final int NO_STREAM = -1;

  /** Most descriptors that one exec names to be closed. */
  private static final int MAX_CLOSE_ON_EXEC = 4096;

  private SpawnFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("proc_spawn", SpawnFunctions::procSpawn, words(10))
        .errno("proc_spawn_v2", SpawnFunctions::procSpawnV2, words(12))
        .errno("proc_spawn_v3", SpawnFunctions::procSpawnV3, words(17))
        .errno("proc_spawn_v4", SpawnFunctions::procSpawnV4, words(21))
        .errno("proc_exec", SpawnFunctions::procExec, words(8))
        .errno("proc_fexec", SpawnFunctions::procFexec, words(7));
  }

  private static ValueType[] words(int count) {
    ValueType[] types = new ValueType[count];
    Arrays.fill(types, I32);
    return types;
  }

  /**
   * {@code proc_spawn(argv, len, env, len, stdin, stdout, stderr, cwd, len, pid: *u32)}: the oldest
   * form; argv[0] is the program, three descriptors become the standard streams.
   */
  static void procSpawn(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[9], 4);
    List<String> argv = GuestStrings.table(memory, (int) a[0], (int) a[1]);
    if (argv.isEmpty()) {
      throw ENOENT.exception();
    }
    SpawnRequest.Builder request = program(argv.getFirst(), argv, memory, a, 2);
    request.fileActions(standardStreams(a, 4)).workingDirectory(directory(memory, a, 7));
    memory.putInt((int) a[9], guest.calls().processes().spawn(request.build()));
  }

  /**
   * {@code proc_spawn_v2(path, len, argv, len, env, len, stdin, stdout, stderr, cwd, len, pid:
   * *u32)}: as {@code proc_spawn} with the program named apart.
   */
  static void procSpawnV2(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[11], 4);
    String path = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    List<String> argv = GuestStrings.table(memory, (int) a[2], (int) a[3]);
    SpawnRequest.Builder request = program(path, argv, memory, a, 4);
    request.fileActions(standardStreams(a, 6)).workingDirectory(directory(memory, a, 9));
    memory.putInt((int) a[11], guest.calls().processes().spawn(request.build()));
  }

  /**
   * {@code proc_spawn_v3(path, len, argv, len, env, len, actions, len, cwd, len, flags, sigdef_lo,
   * sigdef_hi, sigmask_lo, sigmask_hi, pgroup, pid: *u32)}: posix_spawn(3). A path without slash is
   * looked up in PATH of the child's environment, because callers pass bare names.
   */
  static void procSpawnV3(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[16], 4);
    String path = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    List<String> argv = GuestStrings.table(memory, (int) a[2], (int) a[3]);
    SpawnRequest.Builder request = program(path, argv, memory, a, 4);
    request
        .fileActions(SpawnActions.decode(memory, (int) a[6], (int) a[7]))
        .workingDirectory(directory(memory, a, 8));
    attributes(request, a, 10);
    memory.putInt((int) a[16], guest.calls().processes().spawn(request.build()));
  }

  /**
   * {@code proc_spawn_v4(path, len, argv, len, env, len, actions, len, cwd, len, search_path, len,
   * flags, sigdef_lo, sigdef_hi, sigmask_lo, sigmask_hi, pgroup, policy, priority, pid: *u32)}:
   * posix_spawn(3) without search path (address 0), else posix_spawnp(3) over that path. EPERM for
   * another scheduling policy than 0, EINVAL for another priority.
   */
  static void procSpawnV4(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[20], 4);
    String path = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    List<String> argv = GuestStrings.table(memory, (int) a[2], (int) a[3]);
    SpawnRequest.Builder request =
        SpawnRequest.program(path, argv)
            .environment(environment(memory, (int) a[4], (int) a[5]))
            .fileActions(SpawnActions.decode(memory, (int) a[6], (int) a[7]))
            .workingDirectory(directory(memory, a, 8))
            .searchPath(searchPath(memory, (int) a[10], (int) a[11]));
    attributes(request, a, 12);
    checkScheduling((int) a[12], (int) a[18], (int) a[19]);
    memory.putInt((int) a[20], guest.calls().processes().spawn(request.build()));
  }

  private static void checkScheduling(int flags, int policy, int priority) {
    if ((flags & SETSCHEDULER) != 0 && policy != 0) {
      throw EPERM.exception();
    }
    if ((flags & (SETSCHEDULER | SETSCHEDPARAM)) != 0 && priority != 0) {
      throw EINVAL.exception();
    }
  }

  private static @Nullable String searchPath(GuestMemory memory, int address, int length) {
    return address == 0
        ? null
        : GuestStrings.text(memory, address, length, GuestStrings.MAX_TABLE, EINVAL);
  }

  /** A request whose environment is at argument {@code i}, and bare names found through PATH. */
  private static SpawnRequest.Builder program(
      String path, List<String> argv, GuestMemory memory, long[] a, int i) {
    List<String> environment = environment(memory, (int) a[i], (int) a[i + 1]);
    return SpawnRequest.program(path, argv)
        .environment(environment)
        .searchPath(path.indexOf('/') < 0 ? pathOf(environment) : null);
  }

  private static String pathOf(List<String> environment) {
    for (String entry : environment) {
      if (entry.startsWith("PATH=")) {
        return entry.substring("PATH=".length());
      }
    }
    return DEFAULT_PATH;
  }

  private static List<String> environment(GuestMemory memory, int address, int length) {
    List<String> entries = GuestStrings.table(memory, address, length);
    entries.removeIf(entry -> entry.indexOf('=') < 1);
    return entries;
  }

  private static @Nullable String directory(GuestMemory memory, long[] a, int i) {
    String path = GuestStrings.path(memory, (int) a[i], (int) a[i + 1]);
    return path.isEmpty() ? null : path;
  }

  /** Three descriptors from argument {@code i} on become 0, 1 and 2 of the child. */
  private static List<FileAction> standardStreams(long[] a, int i) {
    List<FileAction> actions = new ArrayList<>();
    int lowest = 3;
    for (int stream = 0; stream < 3; stream++) {
      lowest = Math.max(lowest, (int) a[i + stream] + 1);
    }
    // Out of the way first, so that no stream is replaced before it was copied.
    for (int stream = 0; stream < 3; stream++) {
      int source = (int) a[i + stream];
      if (source != NO_STREAM) {
        actions.add(new FileAction.Dup2(source, lowest + stream));
      }
    }
    for (int stream = 0; stream < 3; stream++) {
      if ((int) a[i + stream] == NO_STREAM) {
        int access = stream == 0 ? OpenFlags.O_RDONLY : OpenFlags.O_WRONLY;
        actions.add(new FileAction.Open(stream, "/dev/null", access, 0));
      } else {
        actions.add(new FileAction.Dup2(lowest + stream, stream));
        actions.add(new FileAction.Close(lowest + stream));
      }
    }
    return actions;
  }

  /** Flags, two signal sets and a process group, from argument {@code i} on. */
  private static void attributes(SpawnRequest.Builder request, long[] a, int i) {
    int flags = (int) a[i];
    if ((flags & ~ALL) != 0) {
      throw EOPNOTSUPP.exception();
    }
    if ((flags & RESETIDS) != 0) {
      request.resetIds();
    }
    if ((flags & SETSIGDEF) != 0) {
      request.defaultSignals(SignalSets.of((int) a[i + 1], (int) a[i + 2]));
    }
    if ((flags & SETSIGMASK) != 0) {
      request.signalMask(SignalSets.of((int) a[i + 3], (int) a[i + 4]));
    }
    if ((flags & SETPGROUP) != 0) {
      request.group((int) a[i + 5]);
    }
    if ((flags & SETSID) != 0) {
      request.newSession();
    }
  }

  /**
   * {@code proc_exec(path, len, argv, len, env, len, close: *u32, count)}: execve(2); the
   * descriptors of the list close too. A path without slash is looked up in PATH of the new
   * environment. Does not return when it succeeds.
   */
  static void procExec(GuestContext guest, GuestMemory memory, long[] a) {
    String path = GuestStrings.path(memory, (int) a[0], (int) a[1]);
    List<String> argv = GuestStrings.table(memory, (int) a[2], (int) a[3]);
    List<String> environment = environment(memory, (int) a[4], (int) a[5]);
    int[] close = descriptors(memory, (int) a[6], (int) a[7]);
    @Nullable String searchPath = path.indexOf('/') < 0 ? pathOf(environment) : null;
    guest.calls().processes().exec(path, searchPath, argv, environment, close);
  }

  /**
   * {@code proc_fexec(fd, argv, len, env, len, close: *u32, count)}: fexecve(3). ENOENT for a
   * script whose descriptor would be closed before its interpreter could read it.
   */
  static void procFexec(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0]);
    List<String> argv = GuestStrings.table(memory, (int) a[1], (int) a[2]);
    List<String> environment = environment(memory, (int) a[3], (int) a[4]);
    int[] close = descriptors(memory, (int) a[5], (int) a[6]);
    guest.calls().processes().fexec(fd, argv, environment, close);
  }

  private static int[] descriptors(GuestMemory memory, int list, int count) {
    if (Integer.compareUnsigned(count, MAX_CLOSE_ON_EXEC) > 0) {
      throw EINVAL.exception();
    }
    memory.offset(list, count * 4);
    int[] fds = new int[count];
    for (int i = 0; i < count; i++) {
      fds[i] = memory.getInt(list + 4 * i);
    }
    return fds;
  }
}
