package io.vivarium.kernel.process;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A guest process: identity, descriptors, place in the tree of processes, signals, and the thread
 * that runs its program. System calls of the process are made with it as {@link Task}.
 *
 * <p>Getters may be called by any thread; what says "own thread" only by the process itself.
 */
@SuppressWarnings("AvoidCommonTypeNames") // it is what the field calls it
public final class Process implements Task {
  /** Default umask. */
  public static final int DEFAULT_UMASK = 022;

  private static final ScopedValue<Process> CURRENT = ScopedValue.newInstance();
  private static final WaitQueue[] NO_QUEUES = {};
  private static final int UMASK_BITS = 0777;
  private static final VarHandle IN_KERNEL;

  static {
    try {
      IN_KERNEL = MethodHandles.lookup().findVarHandle(Process.class, "inKernel", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private enum Life {
    STARTING,
    ALIVE,
    STOPPED,
    ZOMBIE,
    DEAD
  }

  private final ProcessTable table;
  private final int pid;
  private final FdTable descriptors;
  private final ProcessSignals signals;
  private final IntervalTimer timer = new IntervalTimer(this);
  private final long startTime = System.nanoTime();
  private final WaitQueue childChanges = new WaitQueue();
  private final WaitQueue ended = new WaitQueue();
  private final Object interruptGuard = new Object();

  private final WorkingPlace workingDirectory;
  private final WorkingPlace executable = new WorkingPlace();
  private volatile Credentials credentials;
  private volatile int umask;
  private volatile List<String> arguments = List.of();
  private volatile List<String> environment = List.of();
  private volatile String name = "";
  private volatile @Nullable LongSupplier memory;

  // Set when the thread starts; until then waiting is done by whoever starts the process.
  private volatile @Nullable Thread thread;
  private @Nullable Waiter waiter;
  private volatile @Nullable Task starter;
  private volatile @Nullable Runnable bell;

  private volatile boolean sleeping;
  // Opaque mode, without fences; see Interrupter for why that is enough.
  private boolean inKernel = true;
  private boolean ending;

  // Guarded by the lock of the table, except that anyone may look at life.
  private volatile Life life = Life.STARTING;
  private Process parent;
  private ProcessGroup group;
  private final List<Process> children = new ArrayList<>();
  private boolean executed;
  private volatile int status;
  private boolean stopToReport;
  private boolean continueToReport;
  private volatile long cpuTime;
  private long childrenCpuTime;

  /** A process without program. {@code parent} null makes the first process, its own parent. */
  Process(
      ProcessTable table,
      int pid,
      @Nullable Process parent,
      @Nullable ProcessGroup group,
      FdTable descriptors,
      SignalState signals,
      Credentials credentials,
      int umask) {
    this.table = table;
    this.pid = pid;
    this.parent = parent == null ? this : parent;
    this.descriptors = descriptors;
    this.signals = new ProcessSignals(this, signals);
    this.credentials = credentials;
    this.umask = umask;
    this.workingDirectory = new WorkingPlace();
    this.group = group == null ? new ProcessGroup(pid, new Session(this)) : group;
  }

  /** The process whose thread this is; null on threads of the host. */
  public static @Nullable Process current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  static ScopedValue<Process> currentKey() {
    return CURRENT;
  }

  // ---- identity
  // ----------------------------------------------------------------------------------

  /** getpid(2). */
  public int pid() {
    return pid;
  }

  /** getppid(2). */
  public int parentPid() {
    return pid == ProcessTable.INIT_PID ? 0 : parent().pid;
  }

  /** The parent; init is its own. */
  public Process parent() {
    synchronized (lock()) {
      return parent;
    }
  }

  /** The process group. */
  public ProcessGroup group() {
    synchronized (lock()) {
      return group;
    }
  }

  /** The session. */
  public Session session() {
    return group().session();
  }

  /** The table it is in. */
  public ProcessTable table() {
    return table;
  }

  /** Who the process is. */
  public Credentials credentials() {
    return credentials;
  }

  /** Changes who the process is; the caller has applied the rules of set*id. Own thread. */
  public void setCredentials(Credentials credentials) {
    this.credentials = credentials;
  }

  /** The umask, permission bits that new files do not get. */
  public int umask() {
    return umask;
  }

  /**
   * umask(2). Own thread.
   *
   * @return the previous umask
   */
  public int setUmask(int mask) {
    int previous = umask;
    umask = mask & UMASK_BITS;
    return previous;
  }

  /** The descriptor table; the same object for the life of the process. */
  public FdTable descriptors() {
    return descriptors;
  }

  /** Where relative paths start. */
  public Location workingDirectory() {
    return workingDirectory.required();
  }

  /** Changes where relative paths start; the caller has checked that it is allowed. */
  public void setWorkingDirectory(Location place) {
    workingDirectory.set(place);
  }

  /** The working directory, or null once the process has ended. */
  public @Nullable Location workingDirectoryIfAlive() {
    return workingDirectory.get();
  }

  /** The file of the running program; null for init and once the process has ended. */
  public @Nullable Location executable() {
    return executable.get();
  }

  /** argv of the running program. */
  public List<String> arguments() {
    return arguments;
  }

  /** The environment with which the running program started, entries {@code NAME=value}. */
  public List<String> environment() {
    return environment;
  }

  /** The command name, as /proc/PID/comm shows it. */
  public String name() {
    return name;
  }

  /** {@link System#nanoTime()} at which the process was made. */
  public long startTime() {
    return startTime;
  }

  /** CPU time of the process in nanoseconds. Counted from the first time that anybody asks. */
  public long cpuTime() {
    Thread running = thread;
    return running == null || life == Life.ZOMBIE || life == Life.DEAD
        ? cpuTime
        : CpuClock.of(running);
  }

  /** CPU time of reaped children and their reaped children, nanoseconds. */
  public long childrenCpuTime() {
    synchronized (lock()) {
      return childrenCpuTime;
    }
  }

  /** Memory of the running program, bytes, as far as its lane tells it. */
  public long memoryBytes() {
    LongSupplier present = memory;
    return present == null ? 0 : present.getAsLong();
  }

  /** How much memory the running program has; until the next exec. Own thread, but asked by any. */
  public void setMemory(LongSupplier bytes) {
    memory = bytes;
  }

  /** What the process is doing. */
  public ProcessState state() {
    return switch (life) {
      case STARTING -> ProcessState.RUNNING;
      case ALIVE -> sleeping || isInit() ? ProcessState.SLEEPING : ProcessState.RUNNING;
      case STOPPED -> ProcessState.STOPPED;
      case ZOMBIE -> ProcessState.ZOMBIE;
      case DEAD -> ProcessState.DEAD;
    };
  }

  /** The interval timer. */
  public IntervalTimer timer() {
    return timer;
  }

  // ---- signals
  // -----------------------------------------------------------------------------------

  /** Signal dispositions, mask and pending signals. */
  public ProcessSignals signals() {
    return signals;
  }

  /**
   * Takes pending signals: runs handlers, stops, ends. Lanes call it at system-call boundaries, if
   * they do not use {@link #enterKernel()} and {@link #leaveKernel()}, and after an interrupt.
   * Costs one volatile read when there are none. Own thread.
   *
   * @return whether handlers ran and all of them want interrupted calls made again (SA_RESTART)
   * @throws ControlFlow when the process ends
   */
  public boolean checkSignals() {
    return signals.attention() && signals.deliver();
  }

  /**
   * A system call begins. While a thread is in the kernel, killing it does not interrupt it, which
   * keeps the host's files open; every lane whose guests can reach host files brackets its calls.
   *
   * @throws ControlFlow when the process ends
   */
  public void enterKernel() {
    IN_KERNEL.setOpaque(this, true);
    checkSignals();
  }

  /**
   * A system call ends.
   *
   * @return as {@link #checkSignals()}
   * @throws ControlFlow when the process ends
   */
  public boolean leaveKernel() {
    boolean restart = checkSignals();
    IN_KERNEL.setOpaque(this, false);
    // What came between the two lines is found at the next entry, or by the interrupter.
    return restart;
  }

  /** kill(2) by this process. Own thread. */
  public void kill(int pid, int signal) {
    table.kills().kill(this, pid, signal);
  }

  @Override
  public void raiseBrokenPipe() {
    synchronized (lock()) {
      signals.post(Signal.SIGPIPE);
    }
  }

  /** Runs guest code from within a system call. */
  void runInGuest(Runnable guest) {
    boolean before = inKernel;
    IN_KERNEL.setOpaque(this, false);
    try {
      guest.run();
    } finally {
      IN_KERNEL.setOpaque(this, before);
    }
  }

  /** A program starts. Until it brackets its system calls, it counts as running guest code. */
  void enterGuest() {
    IN_KERNEL.setOpaque(this, false);
  }

  /** Interrupts the thread unless it is in the kernel; false when there is nothing to interrupt. */
  boolean interrupt(Thread target, boolean evenInKernel) {
    synchronized (interruptGuard) {
      if (ending) {
        return false;
      }
      if (life != Life.STOPPED && (evenInKernel || !(boolean) IN_KERNEL.getOpaque(this))) {
        target.interrupt();
      }
      return true;
    }
  }

  /** No interrupt comes from here on; one that came is gone. Own thread. */
  void endInterrupts() {
    synchronized (interruptGuard) {
      ending = true;
      Thread.interrupted();
    }
  }

  // ---- waiting
  // -----------------------------------------------------------------------------------

  /**
   * {@inheritDoc}
   *
   * <p>A signal with a handler ends the wait with EINTR; the handler runs at the end of the system
   * call. Signals that end or stop the process do so here. Own thread.
   */
  @Override
  public boolean await(BooleanSupplier ready, long deadline, WaitQueue... queues) {
    if (ready.getAsBoolean()) {
      return true;
    }
    Task instead = starter;
    if (instead != null) {
      return instead.await(ready, deadline, queues);
    }
    sleeping = true;
    try {
      return ownWaiter().sleep(() -> isReadyOrInterrupted(ready), deadline, queues);
    } finally {
      sleeping = false;
    }
  }

  private boolean isReadyOrInterrupted(BooleanSupplier ready) {
    while (true) {
      // In this order: what happened before the signal came must win over it.
      boolean signalled = signals.attention();
      if (ready.getAsBoolean()) {
        return true;
      }
      if (!signalled) {
        // A leftover interrupt would keep the thread from parking; doom is told by signals.
        Thread.interrupted();
        return false;
      }
      signals.interruptWait();
    }
  }

  /**
   * Sleeps for a time, or until a signal comes: nanosleep(2), pause(2). Own thread.
   *
   * @param deadline {@link System#nanoTime()} at which to return, or {@link Waiter#NEVER}
   * @throws io.vivarium.kernel.errno.ErrnoException EINTR
   */
  public void sleep(long deadline) {
    await(() -> false, deadline, NO_QUEUES);
  }

  /** waitpid(2). Own thread. */
  public WaitResult waitFor(int pid, int options) {
    return waitFor(pid, options, Waiter.NEVER);
  }

  /**
   * waitpid(2) with a limit to the waiting. Own thread.
   *
   * @param deadline {@link System#nanoTime()} at which to answer that there is none, or {@link
   *     Waiter#NEVER}
   */
  public WaitResult waitFor(int pid, int options, long deadline) {
    return table.waits().waitFor(this, pid, options, deadline);
  }

  private Waiter ownWaiter() {
    Waiter own = waiter;
    if (own == null) {
      throw new IllegalStateException("a process waits on its own thread only");
    }
    return own;
  }

  void wake() {
    Waiter sleeper = waiter;
    if (sleeper != null) {
      sleeper.wake();
    }
    Runnable present = bell;
    if (present != null) {
      present.run();
    }
  }

  /**
   * Says what to do, besides waking {@link #await}, when a signal comes: for lanes whose guests run
   * in another process, so that an interrupt of this thread does not reach them. Own thread.
   *
   * @param bell called by whoever sends signals, with locks held: must be short, must not block,
   *     take locks or throw; null for nothing
   */
  public void setBell(@Nullable Runnable bell) {
    this.bell = bell;
  }

  // ---- programs
  // ----------------------------------------------------------------------------------

  /** Makes a child; answers its pid. Own thread. */
  public int spawn(SpawnRequest request) {
    return table.spawner().spawn(this, request).pid;
  }

  /**
   * execve(2): replaces the program. Returns only by throwing. Own thread.
   *
   * @param alsoClose descriptors that close besides those with close-on-exec flag
   * @throws io.vivarium.kernel.errno.ErrnoException when the program cannot run; nothing has
   *     changed
   * @throws ControlFlow when it can
   */
  public void exec(
      String path, List<String> arguments, List<String> environment, int... alsoClose) {
    table.exec().replace(this, path, arguments, environment, alsoClose);
  }

  /** fexecve(3): as {@link #exec} with the file that a descriptor is open on. Own thread. */
  public void execDescriptor(
      int fd, List<String> arguments, List<String> environment, int... alsoClose) {
    table.exec().replace(this, fd, arguments, environment, alsoClose);
  }

  /** Takes an image over, with its file. */
  void adopt(ImageLoader.Image image, List<String> environment) {
    executable.adopt(image.file());
    this.arguments = image.arguments();
    this.environment = List.copyOf(environment);
    this.name = CommandName.of(image.name());
    this.memory = null;
    this.executed = true;
  }

  void setName(String name) {
    this.name = name;
  }

  // ---- groups and sessions
  // -----------------------------------------------------------------------

  /** setpgid(2). */
  public void setGroup(int pid, int group) {
    table.jobs().setGroup(this, pid, group);
  }

  /** getpgid(2); 0 is the process itself. */
  public int groupOf(int pid) {
    return table.jobs().find(this, pid).group().id();
  }

  /** getsid(2); 0 is the process itself. */
  public int sessionOf(int pid) {
    return table.jobs().find(this, pid).session().id();
  }

  /**
   * setsid(2).
   *
   * @return the id of the new session
   */
  public int newSession() {
    return table.jobs().newSession(this);
  }

  // ---- how it ended
  // ------------------------------------------------------------------------------

  /** Whether the process has not ended yet. */
  public boolean isAlive() {
    Life now = life;
    return now != Life.ZOMBIE && now != Life.DEAD;
  }

  /**
   * Waits for the end of the process, without reaping it: for the host that launched it.
   *
   * @param task who waits
   * @param deadline {@link System#nanoTime()} at which to give up, or {@link Waiter#NEVER}
   * @return whether it has ended
   */
  public boolean awaitEnd(Task task, long deadline) {
    return task.await(() -> !isAlive(), deadline, ended);
  }

  /** Where the end of the process is announced. */
  WaitQueue endQueue() {
    return ended;
  }

  /** As {@link #awaitEnd(Task, long)} for a thread of the host, without deadline. */
  public int awaitEnd() {
    awaitEnd(HostTask.current(), Waiter.NEVER);
    return status;
  }

  /** The {@link WaitStatus} word once it has ended; for a stopped process how it stopped. */
  public int status() {
    return status;
  }

  // ---- for the rest of the package; lock held
  // ----------------------------------------------------

  Object lock() {
    return table.lock;
  }

  boolean isInit() {
    return pid == ProcessTable.INIT_PID;
  }

  boolean isZombie() {
    return life == Life.ZOMBIE;
  }

  boolean isStopped() {
    return life == Life.STOPPED;
  }

  List<Process> children() {
    return children;
  }

  boolean hasExecuted() {
    return executed;
  }

  WaitQueue childChanges() {
    return childChanges;
  }

  @Nullable Thread thread() {
    return thread;
  }

  void setParent(Process parent) {
    this.parent = parent;
  }

  void setProcessGroup(ProcessGroup group) {
    this.group = group;
  }

  void addChildrenCpuTime(long nanos) {
    childrenCpuTime += nanos;
  }

  /** While there is no thread yet, this task waits in its place. */
  void setStarter(@Nullable Task starter) {
    this.starter = starter;
  }

  /** The process has a thread from now on. */
  void begin(Thread thread) {
    this.waiter = new Waiter(thread);
    this.thread = thread;
    this.starter = null;
    life = Life.ALIVE;
    signals.started();
  }

  void beginWithoutThread() {
    life = Life.ALIVE;
  }

  void stop(int signal) {
    life = Life.STOPPED;
    status = WaitStatus.stopped(signal);
    stopToReport = true;
    continueToReport = false;
    notifyParent(true);
  }

  /** Ends a stop; {@code report} tells the parent. */
  void resume(boolean report) {
    if (life != Life.STOPPED) {
      return;
    }
    life = Life.ALIVE;
    stopToReport = false;
    if (report) {
      continueToReport = true;
      notifyParent(true);
    }
    wake();
  }

  /** Parks while stopped. Own thread, no lock. */
  void awaitContinue() {
    ownWaiter()
        .sleep(
            () -> {
              Thread.interrupted();
              return life != Life.STOPPED;
            },
            Waiter.NEVER,
            NO_QUEUES);
  }

  /** Sends SIGCHLD and wakes waitpid. */
  void notifyParent(boolean stopOrContinue) {
    parent.signals.postChildChange(stopOrContinue);
    parent.childChanges.wakeAll();
  }

  /** The status word that waitpid answers for a change of state; -1 for none. Consumes it. */
  int takeReport(int options) {
    if ((options & WaitOptions.WUNTRACED) != 0 && life == Life.STOPPED && stopToReport) {
      stopToReport = false;
      return status;
    }
    if ((options & WaitOptions.WCONTINUED) != 0 && continueToReport) {
      continueToReport = false;
      return WaitStatus.CONTINUED;
    }
    return -1;
  }

  /** Releases what the process holds; the last thing its thread does for it. No lock. */
  void releaseResources() {
    cpuTime = CpuClock.ofCurrentIfUsed();
    try {
      descriptors.closeAll();
    } finally {
      workingDirectory.clear();
      executable.clear();
      memory = null;
    }
  }

  void becomeZombie(int status) {
    this.status = status;
    timer.cancel();
    life = Life.ZOMBIE;
    ended.wakeAll();
  }

  void becomeDead() {
    life = Life.DEAD;
    ended.wakeAll();
  }

  @Override
  public String toString() {
    return "process " + pid;
  }
}
