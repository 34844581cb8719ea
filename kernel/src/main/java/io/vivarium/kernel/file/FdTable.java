package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMFILE;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * The file descriptors of one process: small numbers, each a reference to a {@link FileDescription}
 * and a close-on-exec flag. The lowest free number is always the next one given out.
 *
 * <p><b>Threads.</b> One thread of a process makes its system calls; others look (proc) or end the
 * process. Looking a descriptor up takes no lock. Changes hold this table's monitor, under which
 * nothing is closed and nothing blocks: what drops out of the table is released afterwards.
 *
 * <p><b>References.</b> A description that is put into the table becomes the table's, also when
 * putting it there fails; then it is released.
 */
public final class FdTable {
  /** Slots of a new table, which grows to the limit of the process. */
  private static final int INITIAL_CAPACITY = 32;

  private final CountLimit openFiles;
  private final LockOwner lockOwner;
  private final int ceiling;
  private final Gauges gauges;
  private final Gauge gauge;

  // Replaced by a larger copy when it grows. Written under the monitor, read without.
  private volatile AtomicReferenceArray<@Nullable FileDescription> slots =
      new AtomicReferenceArray<>(INITIAL_CAPACITY);

  // Guarded by this: one bit per descriptor.
  private final BitSet used = new BitSet();
  private final BitSet closeOnExec = new BitSet();
  private int open;
  private int softLimit;
  private int hardLimit;
  private boolean closed;

  /**
   * An empty table.
   *
   * @param limit RLIMIT_NOFILE, soft and hard: how many descriptors, 0 or more. Nobody may raise it
   *     beyond this
   * @param openFiles counts the open descriptions of the machine; ENFILE at its limit
   * @param lockOwner the owner of the record locks that are set through this table
   */
  public FdTable(int limit, CountLimit openFiles, LockOwner lockOwner) {
    this(limit, openFiles, lockOwner, Gauges.SILENT);
  }

  /**
   * An empty table.
   *
   * @param limit as above
   * @param openFiles as above
   * @param lockOwner as above
   * @param gauges makes the gauges of this table and its copies, which hear how many are open
   */
  public FdTable(int limit, CountLimit openFiles, LockOwner lockOwner, Gauges gauges) {
    this(limit, limit, limit, openFiles, lockOwner, gauges);
  }

  private FdTable(
      int softLimit,
      int hardLimit,
      int ceiling,
      CountLimit openFiles,
      LockOwner lockOwner,
      Gauges gauges) {
    this.softLimit = softLimit;
    this.hardLimit = hardLimit;
    this.ceiling = ceiling;
    this.openFiles = openFiles;
    this.lockOwner = lockOwner;
    this.gauges = gauges;
    this.gauge = gauges.ofProcess(Limit.DESCRIPTORS, lockOwner.pid());
  }

  /** The owner of the record locks that are set through this table. */
  public LockOwner lockOwner() {
    return lockOwner;
  }

  // ---- looking up -------------------------------------------------------------------------------

  /**
   * What a descriptor refers to, with a reference that the caller must {@link
   * FileDescription#release() give back}. Any thread.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when it is not open
   */
  public FileDescription get(int fd) {
    Phase before = PhaseClock.enter(Phase.DESCRIPTOR);
    FileDescription description = find(fd);
    boolean isOpen = description != null && description.tryRetain();
    PhaseClock.leave(before);
    if (description == null || !isOpen) {
      throw EBADF.exception();
    }
    return description;
  }

  /**
   * What a descriptor refers to, without a reference: for asking what cannot block and needs
   * nothing that closing takes away, such as flags, inode and readiness. Any thread.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when it is not open
   */
  public FileDescription peek(int fd) {
    FileDescription description = find(fd);
    if (description == null) {
      throw EBADF.exception();
    }
    return description;
  }

  /** As {@link #peek}, but null when the descriptor is not open. */
  public @Nullable FileDescription find(int fd) {
    AtomicReferenceArray<@Nullable FileDescription> present = slots;
    return fd >= 0 && fd < present.length() ? present.getAcquire(fd) : null;
  }

  /** The open descriptors in ascending order, at one moment. */
  public synchronized int[] descriptors() {
    return used.stream().toArray();
  }

  /** How many descriptors are open. */
  public synchronized int size() {
    return used.cardinality();
  }

  // ---- opening ----------------------------------------------------------------------------------

  /**
   * Whether {@link #install} would find a number now: what a call asks before it creates anything.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EMFILE, ENFILE
   */
  public synchronized void checkRoom() {
    checkNumber();
    openFiles.check();
  }

  private void checkNumber() {
    if (used.nextClearBit(0) >= softLimit) {
      gauge.refused(softLimit + 1L);
      throw EMFILE.exception();
    }
  }

  /**
   * Makes sure of a number and of a place among the open files of the machine, before anything is
   * opened: what finds no room must not create or truncate files. To be followed by {@link
   * #installReserved} or {@link #unreserve}.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EMFILE, ENFILE
   */
  public void reserve() {
    synchronized (this) {
      checkNumber();
    }
    openFiles.take();
  }

  /** Gives back what {@link #reserve} took; nothing was opened. */
  public void unreserve() {
    openFiles.give();
  }

  /** As {@link #install(FileDescription, boolean)}, after {@link #reserve}. */
  public int installReserved(FileDescription description, boolean onExecClose) {
    description.countReserved(openFiles);
    return install(description, onExecClose);
  }

  /**
   * Gives a description the lowest free number.
   *
   * @param description becomes the table's; released when this fails
   * @return the descriptor
   * @throws io.vivarium.kernel.errno.ErrnoException EMFILE, ENFILE
   */
  public int install(FileDescription description, boolean onExecClose) {
    return install(description, onExecClose, 0);
  }

  /**
   * Gives a description the lowest free number that is not below a minimum; see {@link
   * #install(FileDescription, boolean)}.
   */
  public int install(FileDescription description, boolean onExecClose, int minimum) {
    try {
      synchronized (this) {
        int fd = used.nextClearBit(minimum);
        if (fd >= softLimit) {
          gauge.refused(fd + 1L);
          throw EMFILE.exception();
        }
        put(fd, description, onExecClose);
        return fd;
      }
    } catch (RuntimeException failed) {
      description.release();
      throw failed;
    }
  }

  /**
   * Gives two descriptions the two lowest free numbers, or neither: pipe(2), socketpair(2).
   *
   * @return the two descriptors
   */
  public FdPair installPair(FileDescription first, FileDescription second, boolean onExecClose) {
    int firstFd;
    try {
      firstFd = install(first, onExecClose);
    } catch (RuntimeException failed) {
      second.release();
      throw failed;
    }
    try {
      return new FdPair(firstFd, install(second, onExecClose));
    } catch (RuntimeException failed) {
      close(firstFd);
      throw failed;
    }
  }

  /**
   * Puts a description under a number of the caller's choice, closing what is there: how a process
   * gets its standard streams.
   *
   * @param description becomes the table's; released when this fails
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when the number is out of range, ENFILE
   */
  public void installAt(int fd, FileDescription description, boolean onExecClose) {
    FileDescription previous;
    try {
      synchronized (this) {
        checkTarget(fd);
        previous = replace(fd, description, onExecClose);
      }
    } catch (RuntimeException failed) {
      description.release();
      throw failed;
    }
    drop(previous);
  }

  // ---- duplicating ------------------------------------------------------------------------------

  /**
   * dup(2) and fcntl F_DUPFD, F_DUPFD_CLOEXEC.
   *
   * @param minimum the lowest number that will do; 0 for dup(2)
   * @return the new descriptor
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF, EMFILE; EINVAL when the minimum is
   *     negative or not below the soft limit
   */
  public int dup(int fd, int minimum, boolean onExecClose) {
    FileDescription description = get(fd);
    boolean valid;
    synchronized (this) {
      valid = minimum == 0 || (minimum > 0 && minimum < softLimit);
    }
    if (!valid) {
      description.release();
      throw EINVAL.exception();
    }
    return install(description, onExecClose, minimum);
  }

  /**
   * dup2(2): atomically closes {@code target} and makes it refer to what {@code fd} does. Nothing
   * happens when they are the same.
   *
   * @return {@code target}
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when {@code fd} is not open or the target
   *     is out of range
   */
  public int dup2(int fd, int target) {
    if (fd == target) {
      peek(fd);
      return target;
    }
    duplicateTo(fd, target, false);
    return target;
  }

  /** dup3(2): as {@link #dup2}, but EINVAL when the numbers are the same. */
  public int dup3(int fd, int target, boolean onExecClose) {
    if (fd == target) {
      throw EINVAL.exception();
    }
    duplicateTo(fd, target, onExecClose);
    return target;
  }

  private void duplicateTo(int fd, int target, boolean onExecClose) {
    installAt(target, get(fd), onExecClose);
  }

  /**
   * Moves a descriptor with its close-on-exec flag to another number, closing what is there (WASI
   * {@code fd_renumber}).
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when {@code from} is not open or {@code
   *     to} is out of range
   */
  public void renumber(int from, int to) {
    FileDescription previous;
    synchronized (this) {
      FileDescription moved = peek(from);
      if (from == to) {
        return;
      }
      checkTarget(to);
      previous = replace(to, moved, closeOnExec.get(from));
      clear(from);
    }
    drop(previous);
  }

  // ---- closing ----------------------------------------------------------------------------------

  /**
   * close(2). Gives the number back at once; whatever else closing does follows.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EBADF when it is not open
   */
  public void close(int fd) {
    FileDescription description;
    synchronized (this) {
      description = peek(fd);
      clear(fd);
    }
    drop(description);
  }

  /** Closes every descriptor from {@code low} on (close_range(2), closefrom(3)). */
  public void closeFrom(int low) {
    dropAll(take(low, false));
  }

  /** Closes what has the close-on-exec flag: part of execve(2). */
  public void closeOnExec() {
    dropAll(take(0, true));
  }

  /** Closes everything and takes no more descriptions: the process is over. */
  public void closeAll() {
    synchronized (this) {
      closed = true;
    }
    closeFrom(0);
    lockOwner.end();
  }

  private synchronized List<FileDescription> take(int low, boolean onlyCloseOnExec) {
    List<FileDescription> taken = new ArrayList<>();
    for (int fd = used.nextSetBit(Math.max(0, low)); fd >= 0; fd = used.nextSetBit(fd + 1)) {
      if (!onlyCloseOnExec || closeOnExec.get(fd)) {
        taken.add(peek(fd));
        clear(fd);
      }
    }
    return taken;
  }

  private void dropAll(List<FileDescription> descriptions) {
    for (FileDescription description : descriptions) {
      drop(description);
    }
  }

  private void drop(@Nullable FileDescription description) {
    if (description != null) {
      lockOwner.descriptorClosed(description.inode());
      description.release();
    }
  }

  // ---- flags, limits, copies --------------------------------------------------------------------

  /** FD_CLOEXEC of a descriptor (F_GETFD). */
  public synchronized boolean closesOnExec(int fd) {
    peek(fd);
    return closeOnExec.get(fd);
  }

  /** Sets FD_CLOEXEC of a descriptor (F_SETFD). */
  public synchronized void setCloseOnExec(int fd, boolean onExecClose) {
    peek(fd);
    closeOnExec.set(fd, onExecClose);
  }

  /** RLIMIT_NOFILE, soft. */
  public synchronized int softLimit() {
    return softLimit;
  }

  /** RLIMIT_NOFILE, hard. */
  public synchronized int hardLimit() {
    return hardLimit;
  }

  /**
   * setrlimit(2) of RLIMIT_NOFILE. Descriptors beyond a lowered limit stay open.
   *
   * @param privileged whether the caller may raise the hard limit, up to what the machine allows
   * @throws io.vivarium.kernel.errno.ErrnoException EINVAL when soft exceeds hard, EPERM
   */
  public synchronized void setLimits(long soft, long hard, boolean privileged) {
    if (soft < 0 || hard < 0 || soft > hard) {
      throw EINVAL.exception();
    }
    if (hard > ceiling || (hard > hardLimit && !privileged)) {
      throw EPERM.exception();
    }
    softLimit = (int) soft;
    hardLimit = (int) hard;
  }

  /**
   * A table for a child, with the same descriptors, flags and limits. File actions come next, then
   * {@link #closeOnExec()}.
   */
  public synchronized FdTable copy(LockOwner owner) {
    FdTable copy = new FdTable(softLimit, hardLimit, ceiling, openFiles, owner, gauges);
    copy.used.or(used);
    copy.closeOnExec.or(closeOnExec);
    AtomicReferenceArray<@Nullable FileDescription> copied =
        new AtomicReferenceArray<>(slots.length());
    for (int fd = used.nextSetBit(0); fd >= 0; fd = used.nextSetBit(fd + 1)) {
      copied.set(fd, get(fd));
    }
    copy.slots = copied;
    copy.open = open;
    copy.gauge.rose(open);
    return copy;
  }

  // ---- slots, under the monitor -----------------------------------------------------------------

  private void checkTarget(int fd) {
    if (fd < 0 || fd >= softLimit) {
      throw EBADF.exception();
    }
  }

  private void put(int fd, FileDescription description, boolean onExecClose) {
    if (closed) {
      throw EBADF.exception();
    }
    description.countIn(openFiles);
    reserve(fd);
    slots.setRelease(fd, description);
    used.set(fd);
    closeOnExec.set(fd, onExecClose);
    gauge.rose(++open);
  }

  private @Nullable FileDescription replace(
      int fd, FileDescription description, boolean onExecClose) {
    FileDescription previous = find(fd);
    if (previous == null) {
      put(fd, description, onExecClose);
      return null;
    }
    description.countIn(openFiles);
    slots.setRelease(fd, description);
    closeOnExec.set(fd, onExecClose);
    return previous;
  }

  private void clear(int fd) {
    slots.setRelease(fd, null);
    used.clear(fd);
    closeOnExec.clear(fd);
    gauge.fell(--open);
  }

  private void reserve(int fd) {
    int capacity = slots.length();
    if (fd < capacity) {
      return;
    }
    while (capacity <= fd) {
      capacity = capacity * 2;
    }
    AtomicReferenceArray<@Nullable FileDescription> larger = new AtomicReferenceArray<>(capacity);
    for (int i = 0; i < slots.length(); i++) {
      larger.setPlain(i, slots.getPlain(i));
    }
    slots = larger;
  }
}
