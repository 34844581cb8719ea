package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The pseudo-terminals of one machine, and which of them controls which session. Thread-safe.
 *
 * <p>The {@code open} methods are what stands behind /dev/ptmx, /dev/pts/N and /dev/tty. Lock
 * order: this table, then a pair; {@link JobControl} is called with neither held.
 */
public final class PtyTable {
  /** Major number of the slaves; the minor number is their index. */
  public static final int SLAVE_MAJOR = 136;

  /** Group "tty", which owns the slaves. */
  private static final int TTY_GROUP = 5;

  private final CountLimit limit;
  private final JobControl jobs;
  private final DevPts devpts = new DevPts(this);

  // Guarded by this.
  private final Map<Integer, Pty> byIndex = new TreeMap<>();
  // Foreground groups of hung-up terminals, which are told when the session's leader exits.
  private final Map<Integer, Integer> lostForeground = new HashMap<>();

  /**
   * A table without terminals.
   *
   * @param limit counts the pseudo-terminals of the machine
   * @param jobs the processes of the machine
   */
  public PtyTable(CountLimit limit, JobControl jobs) {
    this.limit = limit;
    this.jobs = jobs;
  }

  /** The file system to mount at /dev/pts. */
  public FileSystem fileSystem() {
    return devpts;
  }

  // ---- opening
  // -----------------------------------------------------------------------------------

  /**
   * Opens /dev/ptmx: makes a pair and opens its master. The slave is not locked (no unlockpt(3) is
   * needed) and belongs to the caller.
   *
   * @param node the device node that was opened
   * @param flags access mode and status flags of open(2)
   * @throws io.vivarium.kernel.errno.ErrnoException what the limit answers
   */
  public TerminalDescription openMaster(Task task, Inode node, int flags) {
    return new PtyMaster(create(jobs.userOf(task)), node, flags);
  }

  /**
   * Opens /dev/pts/N. It becomes the controlling terminal of a session leader that has none, if it
   * controls no session yet, unless O_NOCTTY.
   *
   * @param node the device node that was opened; its minor number is the index
   * @throws io.vivarium.kernel.errno.ErrnoException EIO when there is no such terminal any more
   */
  public TerminalDescription openSlave(Task task, Inode node, int flags) {
    Pty pty = find(DeviceNumber.minor(node.rdev()));
    if (pty == null) {
      throw EIO.exception();
    }
    TerminalDescription slave = open(pty, node, flags, true);
    if ((flags & OpenFlags.O_NOCTTY) == 0 && slave.readable()) {
      acquire(pty, task);
    }
    return slave;
  }

  /**
   * Opens /dev/tty: the controlling terminal of the caller's session.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENXIO without one
   */
  public TerminalDescription openControlling(Task task, Inode node, int flags) {
    Pty pty = controlling(jobs.sessionOf(task));
    if (pty == null) {
      throw ENXIO.exception();
    }
    return open(pty, node, flags, true);
  }

  /**
   * A new terminal whose master is the host.
   *
   * @param size of its window
   * @param uid owner of its device node
   * @throws io.vivarium.kernel.errno.ErrnoException what the limit answers
   */
  public HostTerminal openHost(WindowSize size, int uid) {
    Pty pty = create(uid);
    pty.setSize(size);
    return new HostTerminal(new PtyMaster(pty, devpts.multiplexor(), OpenFlags.O_RDWR));
  }

  /** A slave that no path led to. */
  static FileDescription openSlave(Pty pty, int flags) {
    return open(pty, pty.inode(), flags, false);
  }

  private static TerminalDescription open(Pty pty, Inode node, int flags, boolean byPath) {
    pty.slaveOpened();
    return new PtySlave(pty, node, flags, byPath);
  }

  private synchronized Pty create(int uid) {
    limit.take();
    int index = 0;
    while (byIndex.containsKey(index)) {
      index = index + 1;
    }
    Pty pty = new Pty(this, jobs, index, devpts.slave(index, uid, TTY_GROUP));
    byIndex.put(index, pty);
    return pty;
  }

  // ---- looking up
  // --------------------------------------------------------------------------------

  /** The indices of the terminals that can be opened, ascending: what /dev/pts shows. */
  public synchronized int[] indices() {
    return byIndex.values().stream().filter(pty -> !pty.isHungUp()).mapToInt(Pty::index).toArray();
  }

  /** The terminal with an index, if it can be opened. */
  synchronized @Nullable Pty find(int index) {
    Pty pty = byIndex.get(index);
    return pty == null || pty.isHungUp() ? null : pty;
  }

  /**
   * The device number of the controlling terminal of a session, as /proc/PID/stat shows it; 0
   * without one.
   */
  public long controllingDevice(int session) {
    Pty pty = controlling(session);
    return pty == null ? 0 : DeviceNumber.of(SLAVE_MAJOR, pty.index());
  }

  /** The foreground group of the controlling terminal of a session; -1 without one (tpgid). */
  public int foregroundGroup(int session) {
    Pty pty = controlling(session);
    return pty == null ? -1 : pty.foreground();
  }

  private synchronized @Nullable Pty controlling(int session) {
    if (session == 0) {
      return null;
    }
    for (Pty pty : byIndex.values()) {
      if (pty.session() == session) {
        return pty;
      }
    }
    return null;
  }

  // ---- sessions
  // ----------------------------------------------------------------------------------

  /** Makes a terminal control the session that a task leads, if neither has another; else false. */
  boolean acquire(Pty pty, Task task) {
    return jobs.leadsSession(task) && control(pty, jobs.sessionOf(task), jobs.processGroupOf(task));
  }

  /** Makes a terminal control a session, if neither has another; else false. */
  synchronized boolean control(Pty pty, int session, int group) {
    return session != 0 && controlling(session) == null && pty.control(session, group);
  }

  /**
   * The leader of a session has exited: its controlling terminal is free, and the foreground group
   * is told with SIGHUP; after a hang-up with SIGHUP and SIGCONT.
   *
   * @param session the session, whose number is that of its leader
   */
  public void sessionLeaderExited(int session) {
    int group = 0;
    Integer lost;
    synchronized (this) {
      Pty pty = controlling(session);
      if (pty != null) {
        group = pty.release();
      }
      lost = lostForeground.remove(session);
    }
    if (group != 0) {
      jobs.signalGroup(group, JobSignal.HANGUP);
    } else if (lost != null) {
      jobs.signalGroup(lost, JobSignal.HANGUP);
      jobs.signalGroup(lost, JobSignal.CONTINUE);
    }
  }

  /** A terminal hung up while it controlled a session. */
  synchronized void hungUp(Pty pty, int session, int group) {
    if (session != 0 && group != 0) {
      lostForeground.put(session, group);
    }
  }

  /** Both ends are closed: the index is free. */
  synchronized void unused(Pty pty) {
    if (byIndex.remove(pty.index(), pty)) {
      limit.give();
    }
  }
}
