package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPROTONOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EPROTOTYPE;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.AnonymousFileSystem;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * The sockets of one machine, and what they hold. Thread-safe.
 *
 * <p>Its monitor guards all of them, not each its own: descriptions travel from queue to queue, a
 * socket through itself too, and finding those that only queues refer to needs one moment of all.
 * So a ring of sockets that were sent to each other and closed by everybody does not stay for ever:
 * it is found whenever a socket closes, and whenever a limit is reached.
 */
public final class SocketTable {
  static final int TYPE_MASK = 0xf;
  private static final int RAW_NUMBER = 3;

  private final UnixNames names = new UnixNames();
  private final AnonymousFileSystem home = AnonymousFileSystem.sockets();
  private final CountLimit sockets;
  private final CountLimit passing;
  private final int maximumBytes;
  private final Gauge bytesGauge;
  private final WaitQueue roomQueue = new WaitQueue();

  // Guarded by this.
  private final Set<QueuedSocket> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int bytes;
  private boolean bytesWereShort;

  /**
   * A table without sockets.
   *
   * @param sockets counts the sockets of the machine
   * @param passing counts the descriptions that were sent and not received yet
   * @param bytesGauge watches the bytes that were sent and not received yet; senders wait beyond
   *     its capacity, which is that of an int
   */
  public SocketTable(CountLimit sockets, CountLimit passing, Gauge bytesGauge) {
    this.sockets = sockets;
    this.passing = passing;
    this.bytesGauge = bytesGauge;
    this.maximumBytes = Math.toIntExact(bytesGauge.capacity());
    bytesGauge.shows(this::bufferedBytes);
  }

  /** Where the inodes of sockets without a name live. */
  public AnonymousFileSystem fileSystem() {
    return home;
  }

  /** The names of local sockets. */
  UnixNames names() {
    return names;
  }

  /** Bytes that were sent and not received yet. */
  public synchronized int bufferedBytes() {
    return bytes;
  }

  // ---- pairs ------------------------------------------------------------------------------------

  /**
   * socketpair(2).
   *
   * @param domain AF_UNIX
   * @param type the number of a {@link SocketType}, with O_NONBLOCK; O_CLOEXEC is a matter of
   *     descriptors and ignored here
   * @param protocol 0, or AF_UNIX
   * @param uid owner of the inodes
   * @param gid group of the inodes
   * @throws ErrnoException EAFNOSUPPORT, EOPNOTSUPP, EPROTONOSUPPORT, EPROTOTYPE, EINVAL, or what
   *     the limit answers
   */
  public SocketPair createPair(int domain, int type, int protocol, int uid, int gid) {
    return createPair(domain, type, protocol, new PeerCredentials(0, uid, gid));
  }

  SocketPair createPair(int domain, int type, int protocol, PeerCredentials maker) {
    int uid = maker.uid();
    int gid = maker.gid();
    if (domain == SocketAddress.AF_INET || domain == SocketAddress.AF_INET6) {
      throw EOPNOTSUPP.exception();
    }
    if (domain != SocketAddress.AF_UNIX) {
      throw EAFNOSUPPORT.exception();
    }
    int flags = type & ~TYPE_MASK;
    if ((flags & ~(OpenFlags.O_NONBLOCK | OpenFlags.O_CLOEXEC)) != 0) {
      throw EINVAL.exception();
    }
    if (protocol != 0 && protocol != SocketAddress.AF_UNIX) {
      throw EPROTONOSUPPORT.exception();
    }
    SocketType kind = kind(type & TYPE_MASK);
    UnixSocket first = create(kind, flags, uid, gid);
    try {
      UnixSocket second = create(kind, flags, uid, gid);
      UnixSocket.connect(first, second, maker);
      return new SocketPair(first, second);
    } catch (ErrnoException limited) {
      first.release();
      throw limited;
    }
  }

  static SocketType kind(int number) {
    for (SocketType type : SocketType.values()) {
      if (type.number() == number) {
        return type;
      }
    }
    // Raw local sockets are datagram sockets on Linux.
    if (number == RAW_NUMBER) {
      return SocketType.DATAGRAM;
    }
    throw EPROTOTYPE.exception();
  }

  UnixSocket create(SocketType type, int flags, int uid, int gid) {
    return open(uid, gid, inode -> new UnixSocket(this, type, inode, flags));
  }

  /**
   * Makes one more socket.
   *
   * @throws ErrnoException what the limit answers
   */
  <S extends QueuedSocket> S open(int uid, int gid, Function<Inode, S> make) {
    take(sockets);
    S socket = make.apply(home.create(FileType.SOCKET, 0777, uid, gid));
    synchronized (this) {
      open.add(socket);
    }
    return socket;
  }

  /** The sockets that are open now. */
  synchronized List<QueuedSocket> openSockets() {
    return new ArrayList<>(open);
  }

  /** Counts one more, after looking for garbage when that is too many. */
  private void take(CountLimit limit) {
    if (!limit.tryTake()) {
      collect();
      limit.take();
    }
  }

  /** A socket has closed: what was on its way to it is gone. */
  void closed(QueuedSocket socket) {
    List<FileDescription> lost;
    synchronized (this) {
      open.remove(socket);
      lost = clear(socket);
    }
    sockets.give();
    drop(lost);
    announceRoom();
    collect();
  }

  /** Forgets everything that is on its way: the machine closes. */
  public void close() {
    List<FileDescription> lost = new ArrayList<>();
    synchronized (this) {
      open.forEach(socket -> lost.addAll(clear(socket)));
    }
    drop(lost);
  }

  // ---- bytes, under the monitor -----------------------------------------------------------------

  /** How many bytes of a message may be put into a queue now; -1 or 0 when it has to wait. */
  synchronized int admit(ReceiveQueue queue, int length) {
    int room = queue.room(length);
    int left = maximumBytes - bytes;
    if (room <= left) {
      return room;
    }
    bytesWereShort = true;
    bytesGauge.refused((long) bytes + room);
    return queue instanceof ByteQueue ? Math.max(0, left) : -1;
  }

  synchronized void put(
      ReceiveQueue queue,
      byte[] buffer,
      int offset,
      int length,
      List<FileDescription> rights,
      SocketAddress source) {
    int before = queue.size();
    queue.put(buffer, offset, length, rights, source);
    bytes = bytes + queue.size() - before;
    bytesGauge.rose(bytes);
  }

  synchronized ReceiveQueue.Taken take(ReceiveQueue queue, byte[] buffer, int offset, int length) {
    int before = queue.size();
    ReceiveQueue.Taken taken = queue.take(buffer, offset, length);
    bytes = bytes + queue.size() - before;
    bytesGauge.fell(bytes);
    taken.rights().forEach(right -> passing.give());
    return taken;
  }

  private List<FileDescription> clear(QueuedSocket socket) {
    bytes = bytes - socket.received().size();
    bytesGauge.fell(bytes);
    return socket.received().clear();
  }

  /** Where senders wait for room in the machine. */
  WaitQueue roomQueue() {
    return roomQueue;
  }

  /** Wakes those who were refused because of the machine and not because of their queue. */
  void announceRoom() {
    synchronized (this) {
      if (!bytesWereShort) {
        return;
      }
      bytesWereShort = false;
    }
    roomQueue.wakeAll();
  }

  // ---- descriptions on their way ----------------------------------------------------------------

  /**
   * References of one's own to descriptions that are to be sent.
   *
   * @throws ErrnoException EBADF when one of them is closed already, or what the limit answers
   */
  List<FileDescription> pass(List<FileDescription> rights) {
    if (rights.isEmpty()) {
      return List.of();
    }
    List<FileDescription> passed = new ArrayList<>(rights.size());
    boolean complete = false;
    try {
      for (FileDescription right : rights) {
        take(passing);
        if (!right.tryRetain()) {
          passing.give();
          throw EBADF.exception();
        }
        passed.add(right);
      }
      complete = true;
      return passed;
    } finally {
      if (!complete) {
        drop(passed);
      }
    }
  }

  /** Gives up descriptions that were to be sent, or were on their way. */
  void drop(List<FileDescription> passed) {
    for (FileDescription description : passed) {
      passing.give();
      description.release();
    }
  }

  /**
   * Finds sockets to which only queues refer that nobody can receive or accept from, and empties
   * their queues. A description that anybody holds has more references than queues have; from such
   * sockets everything in their queues, and in the queues of sockets there, can be received.
   */
  private void collect() {
    List<FileDescription> lost = new ArrayList<>();
    synchronized (this) {
      IdentityHashMap<FileDescription, Integer> queued = new IdentityHashMap<>();
      for (QueuedSocket socket : open) {
        socket.held().forEach(held -> queued.merge(held, 1, Integer::sum));
      }
      if (queued.isEmpty()) {
        return;
      }
      Set<QueuedSocket> garbage = Collections.newSetFromMap(new IdentityHashMap<>());
      Deque<QueuedSocket> reachable = new ArrayDeque<>();
      for (QueuedSocket socket : open) {
        int references = socket.references();
        if (references > 0 && references == queued.getOrDefault(socket, 0)) {
          garbage.add(socket);
        } else {
          reachable.add(socket);
        }
      }
      while (!reachable.isEmpty()) {
        for (FileDescription held : reachable.remove().held()) {
          if (held instanceof QueuedSocket socket && garbage.remove(socket)) {
            reachable.add(socket);
          }
        }
      }
      garbage.forEach(socket -> lost.addAll(clear(socket)));
    }
    drop(lost);
    announceRoom();
  }
}
