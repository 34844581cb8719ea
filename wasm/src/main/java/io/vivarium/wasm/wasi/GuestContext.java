package io.vivarium.wasm.wasi;

import static io.vivarium.kernel.errno.Errno.EBADF;

import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.WaitOptions;
import io.vivarium.kernel.process.WaitResult;
import io.vivarium.kernel.syscall.AtFlags;
import io.vivarium.kernel.syscall.FileCalls;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.trace.CallObserver;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the functions of one running guest share: the process they make system calls for, and the
 * little that the border itself has to remember. Made for each image, gone with it; belongs to the
 * thread of the process.
 */
public final class GuestContext {
  /** The two values that stand for the working directory in calls of {@code host_fs}. */
  private static final int NO_DIRECTORY = -1;

  private static final int LIBC_AT_FDCWD = -2;

  /** The first preopen of every preview 1 program. */
  private static final int FIRST_PREOPEN = 3;

  private final Process process;
  private final @Nullable CallObserver observer;
  private final SystemCalls calls;
  private final FileCalls files;
  private final Directories directories;
  private final StringTable arguments;
  private final StringTable environment;
  private final RightsTable rights = new RightsTable();
  private final OpenSettings openSettings = new OpenSettings();
  private final IoVectors vectors = new IoVectors();
  private final StatMemo memo = new StatMemo();
  private final BusyWait busyWait = new BusyWait();
  private byte[] buffer = new byte[0];
  private long sequence;
  private boolean catchesSignals;

  /**
   * A context for an image that starts.
   *
   * @param arguments argv, the name first
   * @param environment entries {@code KEY=VALUE}
   */
  public GuestContext(
      Process process,
      SystemCalls calls,
      Directories directories,
      List<String> arguments,
      List<String> environment) {
    this(process, calls, directories, arguments, environment, null);
  }

  /**
   * As above, for an image that is watched.
   *
   * @param observer sees every call; null for nobody
   */
  public GuestContext(
      Process process,
      SystemCalls calls,
      Directories directories,
      List<String> arguments,
      List<String> environment,
      @Nullable CallObserver observer) {
    this.process = process;
    this.observer = observer;
    this.calls = calls;
    this.files = directories.confined() ? calls.files().beneath() : calls.files();
    this.directories = directories;
    this.arguments = new StringTable(arguments);
    this.environment = new StringTable(environment);
  }

  /** The context that an instance was made with. */
  static GuestContext of(GuestInstance instance) {
    return (GuestContext) Objects.requireNonNull(instance.context());
  }

  /** The process the guest is. */
  public Process process() {
    return process;
  }

  /** Who watches its calls; null for nobody. */
  public @Nullable CallObserver observer() {
    return observer;
  }

  /** The system calls of the process. */
  public SystemCalls calls() {
    return calls;
  }

  /** The system calls on paths that {@link #at} gave. */
  public FileCalls files() {
    return files;
  }

  /** How the guest gets at directories. */
  public Directories directories() {
    return directories;
  }

  /** Its arguments. */
  public StringTable arguments() {
    return arguments;
  }

  /** Its environment. */
  public StringTable environment() {
    return environment;
  }

  /** The rights it gave up. */
  public RightsTable rights() {
    return rights;
  }

  /** What it said about the next file it opens. */
  public OpenSettings openSettings() {
    return openSettings;
  }

  /** The buffers of the call in progress. */
  public IoVectors vectors() {
    return vectors;
  }

  /** Whether this is a plain preview 1 program, not one made for the machine. */
  public boolean portable() {
    return !(directories instanceof TaggedRoot);
  }

  /** Whether the guest can be called back for signals. */
  public boolean catchesSignals() {
    return catchesSignals;
  }

  /** Says that the guest can be called back for signals, before it runs. */
  public void setCatchesSignals() {
    catchesSignals = true;
  }

  /** Room for {@code length} bytes until the next call; kept when small. */
  public byte[] buffer(int length) {
    if (buffer.length < length) {
      buffer = new byte[Math.max(length, 4096)];
    }
    return buffer;
  }

  // ---- entering and leaving the kernel ---------------------------------------------------------

  /** A call begins. May run guest code for signals, and may not return. */
  void entering() {
    process.enterKernel();
    sequence++;
  }

  /**
   * A call ends. May run guest code for signals, and may not return.
   *
   * @return whether a call that signals interrupted is to be made again
   */
  boolean leaving() {
    return process.leaveKernel();
  }

  // ---- children --------------------------------------------------------------------------------

  /** waitpid(2); a guest that only asks and asks is slowed down, see {@link BusyWait}. */
  public WaitResult waitpid(int pid, int options) {
    return (options & WaitOptions.WNOHANG) == 0
        ? calls.processes().waitpid(pid, options)
        : busyWait.ask(sequence, calls.processes(), pid, options);
  }

  // ---- descriptors -----------------------------------------------------------------------------

  /** Whether a number names a preopen that is no descriptor of the process. */
  public boolean isTagged(int fd) {
    return fd == TaggedRoot.ROOT && directories instanceof TaggedRoot;
  }

  /**
   * A descriptor that a call works on.
   *
   * @param needed what the guest must not have given up
   * @throws WasiError NOTCAPABLE when it has
   */
  public int descriptor(int fd, long needed) {
    rights.require(fd, needed);
    return descriptor(fd);
  }

  /** A descriptor that a call works on, whatever its rights; never a value with another meaning. */
  public int descriptor(int fd) {
    return Directories.descriptor(fd);
  }

  /** Closes a descriptor. */
  public void close(int fd) {
    calls.descriptors().close(descriptor(fd));
    rights.forget(fd);
    directories.closed(fd);
  }

  /**
   * Gives a descriptor another number. A preview 1 program can only replace one that is open.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF
   */
  public void renumber(int from, int to) {
    if (portable()) {
      calls.descriptors().description(descriptor(to));
    } else if (TaggedRoot.isTagged(to)) {
      throw EBADF.exception();
    }
    calls.descriptors().renumber(descriptor(from), descriptor(to));
    if (from != to) {
      rights.copy(from, to);
      rights.forget(from);
      directories.renumbered(from, to);
    }
  }

  // ---- paths -----------------------------------------------------------------------------------

  /**
   * Where a path leads, for the functions of preview 1.
   *
   * @param needed what the directory descriptor must allow
   */
  public At at(int dirfd, long needed, GuestMemory memory, int address, int length) {
    rights.require(dirfd, needed);
    return resolve(dirfd, GuestStrings.path(memory, address, length));
  }

  /** Where a path leads, for the functions of {@code host_fs}, which know the working directory. */
  public At atOrCwd(int dirfd, GuestMemory memory, int address, int length) {
    String path = GuestStrings.path(memory, address, length);
    return dirfd == NO_DIRECTORY || dirfd == LIBC_AT_FDCWD || isAssumedPreopen(dirfd)
        ? new At(AtFlags.AT_FDCWD, path)
        : resolve(dirfd, path);
  }

  private At resolve(int dirfd, String path) {
    Phase before = PhaseClock.enter(Phase.RESOLVE);
    try {
      return directories.resolve(dirfd, path);
    } finally {
      PhaseClock.leave(before);
    }
  }

  /**
   * Whether a directory is the 3 that published commands write where they mean the working
   * directory: they take it for the first preopen. A directory that is open as 3 is meant.
   */
  private boolean isAssumedPreopen(int dirfd) {
    return dirfd == FIRST_PREOPEN && !portable() && !calls.descriptors().isDirectory(dirfd);
  }

  /** A descriptor as a place, for calls with AT_EMPTY_PATH. */
  public At itself(int fd) {
    return isTagged(fd) ? new At(AtFlags.AT_FDCWD, "/") : new At(descriptor(fd), "");
  }

  /**
   * Checks what a symlink of a confined program may point to.
   *
   * @throws WasiError NOTCAPABLE for an absolute target
   */
  public void checkSymlinkTarget(String target) {
    if (directories.confined() && Directories.isAbsolute(target)) {
      throw WasiError.NOTCAPABLE;
    }
  }

  // ---- attributes ------------------------------------------------------------------------------

  /** The attributes of a path; see {@link StatMemo}. */
  public Stat stat(
      StatMemo.Field field,
      int dirfd,
      GuestMemory memory,
      int address,
      int length,
      boolean follow) {
    Stat known = memo.find(field, sequence, dirfd, memory, address, length, follow);
    if (known != null) {
      return known;
    }
    At at =
        field == StatMemo.Field.FILESTAT
            ? at(dirfd, Rights.PATH_FILESTAT_GET, memory, address, length)
            : atOrCwd(dirfd, memory, address, length);
    int flags = follow ? 0 : AtFlags.AT_SYMLINK_NOFOLLOW;
    Stat stat = files.stat(at.dirfd(), at.path(), flags);
    memo.put(field, sequence, dirfd, memory, address, length, follow, stat);
    return stat;
  }

  /** The attributes of a descriptor; see {@link StatMemo}. */
  public Stat stat(StatMemo.Field field, int fd) {
    Stat known = memo.find(field, sequence, fd);
    if (known != null) {
      return known;
    }
    Stat stat =
        isTagged(fd)
            ? files.stat(AtFlags.AT_FDCWD, "/", 0)
            : calls.descriptors().stat(descriptor(fd));
    memo.put(field, sequence, fd, stat);
    return stat;
  }
}
