package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EAGAIN;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.LockOwner;
import io.vivarium.kernel.file.LockTable;
import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.WaitQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadFactory;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The processes of one machine: pids, process groups and sessions, and the machine's part in the
 * life of processes. Process 1 is the kernel's own: it adopts orphans, reaps them at once, and
 * ignores signals. Thread-safe.
 */
public final class ProcessTable implements AutoCloseable {
  /** The pid of the first process. */
  public static final int INIT_PID = 1;

  /** One more than the largest pid, as /proc/sys/kernel/pid_max. */
  public static final int PID_MAX = 32768;

  private static final int FIRST_PID_AFTER_WRAP = 300;

  /** Guards what relates processes to each other; see the description of the package. */
  final Object lock = new Object();

  private final CountLimit count;
  private final LockTable locks;
  private final ThreadFactory threads;
  private final Limits limits;
  private final TimeWatch times;
  private final ThreadList running = new ThreadList();
  private final Jobs jobs = new Jobs(this);
  private final Kills kills = new Kills(this);
  private final Waits waits = new Waits(this);
  private final Exits exits = new Exits(this);
  private final Spawner spawner;
  private final Exec exec;
  private final WaitQueue endings = new WaitQueue();
  private final long bootTime = System.nanoTime();
  private final Process init;
  private volatile IntFunction<@Nullable ControllingTerminal> terminals = session -> null;

  // Guarded by the lock.
  private final Map<Integer, Process> processes = new TreeMap<>();
  private final Map<Integer, ProcessGroup> groups = new HashMap<>();
  private final Map<Integer, Session> sessions = new HashMap<>();
  private int lastPid = INIT_PID;
  private long forks;
  private boolean closing;

  /**
   * A table with process 1 in it.
   *
   * @param settings limits and threads
   * @param openFiles counts the open files of the machine
   * @param locks the file locks of the machine
   * @param vfs where programs are found
   * @param opener opens what file actions name
   * @param loader makes programs of files
   */
  public ProcessTable(
      Settings settings,
      CountLimit openFiles,
      LockTable locks,
      VirtualFileSystem vfs,
      Opener opener,
      ImageLoader loader) {
    Gauges gauges = settings.gauges();
    this.count = new CountLimit(settings.maxProcesses(), EAGAIN, gauges.ofMachine(Limit.PROCESSES));
    this.threads = settings.threads();
    this.times = new TimeWatch(this, gauges);
    this.limits = gauges.limits();
    this.locks = locks;
    this.spawner = new Spawner(this, vfs, opener, loader);
    this.exec = new Exec(loader);
    FdTable descriptors =
        new FdTable(settings.maxDescriptors(), openFiles, new LockOwner(locks, INIT_PID), gauges);
    this.init =
        new Process(
            this,
            INIT_PID,
            null,
            null,
            descriptors,
            new SignalState(),
            Credentials.root(),
            Process.DEFAULT_UMASK);
    init.setName("init");
    init.setWorkingDirectory(vfs.mounts().root());
    init.beginWithoutThread();
    processes.put(INIT_PID, init);
    joinGroup(init, init.group());
  }

  /**
   * What a machine allows its processes.
   *
   * @param maxProcesses how many may exist at a time, zombies included, process 1 not; EAGAIN
   *     beyond
   * @param maxDescriptors RLIMIT_NOFILE of every process
   * @param threads makes the thread of each process; {@link #threadFactory} is the usual one
   * @param gauges make the gauges of the machine
   */
  public record Settings(
      int maxProcesses, int maxDescriptors, ThreadFactory threads, Gauges gauges) {}

  /**
   * Daemon threads with a stack of a given size, bytes. Only what is used of it costs memory.
   *
   * <p>Process threads must be platform threads: virtual ones are not time-sliced, and a guest that
   * loops would starve the others.
   */
  public static ThreadFactory threadFactory(long stackBytes) {
    return Thread.ofPlatform().daemon().stackSize(stackBytes).factory();
  }

  /** Says which terminal a session is controlled from, for sessions that begin from now on. */
  public void setTerminals(IntFunction<@Nullable ControllingTerminal> terminals) {
    this.terminals = terminals;
  }

  @Nullable ControllingTerminal terminalOf(int session) {
    return terminals.apply(session);
  }

  // ---- looking
  // -----------------------------------------------------------------------------------

  /** A process, zombies included; null without one. */
  public @Nullable Process find(int pid) {
    synchronized (lock) {
      return processes.get(pid);
    }
  }

  /** All processes, zombies included, by ascending pid. */
  public List<Process> processes() {
    synchronized (lock) {
      return new ArrayList<>(processes.values());
    }
  }

  /** A process group; null without one. */
  public @Nullable ProcessGroup group(int id) {
    synchronized (lock) {
      return groups.get(id);
    }
  }

  /** Process 1. */
  public Process init() {
    return init;
  }

  /** {@link System#nanoTime()} at which the machine started. */
  public long bootTime() {
    return bootTime;
  }

  /** The pid that was given out last. */
  public int lastPid() {
    synchronized (lock) {
      return lastPid;
    }
  }

  /** How many processes were made since the machine started. */
  public long forks() {
    synchronized (lock) {
      return forks;
    }
  }

  /** Counts CPU time from now on, also while no limit is near; else it may be told as 0. */
  public void countCpuTime() {
    CpuClock.use();
  }

  /** The limits of the machine. */
  public Limits limits() {
    return limits;
  }

  /** How many processes may exist at a time, process 1 not counted. */
  public int maxProcesses() {
    return count.maximum();
  }

  // ---- host
  // --------------------------------------------------------------------------------------

  /**
   * Starts a process of the host's choice, a child of process 1.
   *
   * @throws ErrnoException as posix_spawn(3); EAGAIN when there are too many processes or the
   *     machine is being closed
   */
  public Process launch(Launch launch) {
    return spawner.launch(launch);
  }

  /** Sends a signal with the permission of the host. */
  public void signal(Process process, int signal) {
    synchronized (lock) {
      process.signals().post(signal);
    }
  }

  /** Sends a signal to a process group, as a terminal does. */
  public void signal(ProcessGroup group, int signal) {
    jobs.signal(group, signal);
  }

  /** Whether nobody in its session but outside the group has a child in it (POSIX, 3.264). */
  public boolean isOrphaned(ProcessGroup group) {
    return jobs.isOrphaned(group);
  }

  /** As {@link #close(Duration, Duration)} with a tenth of a second of grace and ten seconds. */
  @Override
  public void close() {
    close(Duration.ofMillis(100), Duration.ofSeconds(10));
  }

  /**
   * Ends every process and waits for them: SIGTERM first, after a time of grace SIGKILL. No process
   * can start any more.
   *
   * @param grace how long processes may go on after SIGTERM; zero kills at once
   * @param patience how long to wait after SIGKILL
   * @return whether all of them ended in time
   */
  public boolean close(Duration grace, Duration patience) {
    synchronized (lock) {
      closing = true;
    }
    boolean interrupted = false;
    if (grace.isPositive()) {
      signalAll(Signal.SIGTERM);
      signalAll(Signal.SIGCONT);
      interrupted = awaitEndOfAll(grace);
    }
    signalAll(Signal.SIGKILL);
    interrupted |= awaitEndOfAll(patience);
    boolean complete = running.join(System.nanoTime() + patience.toNanos());
    synchronized (lock) {
      init.descriptors().closeAll();
      if (complete) {
        times.close();
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return complete;
  }

  private void signalAll(int signal) {
    synchronized (lock) {
      for (Process process : processes.values()) {
        process.signals().post(signal);
      }
    }
  }

  /**
   * Waits until only process 1 and zombies are left; true when the calling thread was interrupted.
   */
  private boolean awaitEndOfAll(Duration time) {
    long deadline = System.nanoTime() + time.toNanos();
    boolean interrupted = Thread.interrupted();
    while (true) {
      try {
        HostTask.current().await(this::nobodyIsLeft, deadline, endings);
        return interrupted;
      } catch (ErrnoException e) {
        interrupted |= Thread.interrupted();
      }
    }
  }

  private boolean nobodyIsLeft() {
    synchronized (lock) {
      for (Process process : processes.values()) {
        if (process != init && process.isAlive()) {
          return false;
        }
      }
      return true;
    }
  }

  // ---- for the rest of the package
  // ---------------------------------------------------------------

  Jobs jobs() {
    return jobs;
  }

  Kills kills() {
    return kills;
  }

  Waits waits() {
    return waits;
  }

  Exits exits() {
    return exits;
  }

  Spawner spawner() {
    return spawner;
  }

  Exec exec() {
    return exec;
  }

  /** Adds a child without program: it has a pid, and everything that fork(2) copies. */
  Process add(Process parent) {
    synchronized (lock) {
      if (closing || times.exhausted()) {
        throw EAGAIN.exception();
      }
      count.take();
      try {
        int pid = nextPid();
        FdTable descriptors = parent.descriptors().copy(new LockOwner(locks, pid));
        Process child =
            new Process(
                this,
                pid,
                parent,
                parent.group(),
                descriptors,
                parent.signals().inherit(),
                parent.credentials(),
                parent.umask());
        child.setName(parent.name());
        forks++;
        processes.put(pid, child);
        parent.children().add(child);
        joinGroup(child, parent.group());
        return child;
      } catch (Throwable failed) {
        count.give();
        throw failed;
      }
    }
  }

  /** Gives a child its thread and lets it run. */
  void start(Process child, Program program) {
    Thread thread = threads.newThread(new MainLoop(child, program));
    thread.setName(CommandName.forThread(child.pid(), child.name()));
    synchronized (lock) {
      if (closing) {
        throw EAGAIN.exception();
      }
      child.begin(thread);
      running.add(thread);
      times.started();
      try {
        thread.start();
      } catch (OutOfMemoryError e) {
        // The host has no thread to give.
        throw EAGAIN.exception();
      }
    }
  }

  /** Takes a child that never ran out of the table. */
  void remove(Process child) {
    synchronized (lock) {
      reap(child);
      processEnded();
    }
  }

  /** Takes an ended process out of the table. Lock held. */
  void reap(Process process) {
    Process parent = process.parent();
    parent.children().remove(process);
    parent.addChildrenCpuTime(process.cpuTime() + process.childrenCpuTime());
    leaveGroup(process);
    processes.remove(process.pid());
    process.becomeDead();
    count.give();
  }

  void processEnded() {
    endings.wakeAll();
  }

  /** Lock held. */
  void joinGroup(Process process, ProcessGroup group) {
    process.setProcessGroup(group);
    group.members.add(process);
    if (groups.putIfAbsent(group.id(), group) == null) {
      group.session().groups++;
      sessions.putIfAbsent(group.session().id(), group.session());
    }
  }

  /** Lock held. The process still knows the group until it joins another. */
  void leaveGroup(Process process) {
    ProcessGroup group = process.group();
    group.members.remove(process);
    if (group.members.isEmpty()) {
      groups.remove(group.id());
      group.session().groups--;
      if (group.session().groups == 0) {
        sessions.remove(group.session().id());
      }
    }
  }

  /** What {@link #lastPid()} answers; the next pid comes after it. */
  void setLastPid(int pid) {
    synchronized (lock) {
      lastPid = pid;
    }
  }

  private int nextPid() {
    int pid = lastPid;
    do {
      pid = pid + 1 < PID_MAX ? pid + 1 : FIRST_PID_AFTER_WRAP;
      if (pid == lastPid) {
        throw EAGAIN.exception();
      }
    } while (processes.containsKey(pid) || groups.containsKey(pid) || sessions.containsKey(pid));
    lastPid = pid;
    return pid;
  }
}
