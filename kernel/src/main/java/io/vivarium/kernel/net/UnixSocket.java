package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISCONN;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.errno.Errno.EPROTOTYPE;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A local socket (unix(7)). A connection is two that are each other's peers; a datagram socket may
 * be the peer of many. State is guarded by the {@link SocketTable}.
 */
final class UnixSocket extends QueuedSocket {
  private final WaitQueue room = new WaitQueue();

  // Guarded by the table.
  private @Nullable UnixSocket peer;
  private final Set<UnixSocket> followers = Collections.newSetFromMap(new IdentityHashMap<>());
  private @Nullable Backlog<UnixSocket> backlog;
  private boolean wasPeer;
  private boolean embryo;
  private UnixAddress local = UnixAddress.UNNAMED;
  private UnixAddress remote = UnixAddress.UNNAMED;
  private PeerCredentials maker = PeerCredentials.NONE;
  private PeerCredentials peerCredentials = PeerCredentials.NONE;
  private UnixNames.@Nullable Binding binding;

  /** A socket without a name. */
  UnixSocket(SocketTable table, SocketType type, Inode inode, int flags) {
    super(table, type, inode, flags);
  }

  /** Makes two sockets each other's peers. */
  static void connect(UnixSocket first, UnixSocket second, PeerCredentials maker) {
    synchronized (first.table) {
      first.join(second, maker);
      second.join(first, maker);
    }
  }

  private void join(UnixSocket other, PeerCredentials who) {
    peer = other;
    wasPeer = true;
    peerCredentials = who;
  }

  @Override
  public int domain() {
    return SocketAddress.AF_UNIX;
  }

  @Override
  List<FileDescription> held() {
    if (backlog == null) {
      return received.rights();
    }
    List<FileDescription> held = new ArrayList<>(received.rights());
    held.addAll(backlog.all());
    return held;
  }

  // ---- names ------------------------------------------------------------------------------------

  @Override
  public void bind(Caller caller, SocketAddress address) {
    if (!(address instanceof UnixAddress name)) {
      throw EINVAL.exception();
    }
    UnixNames.checkLength(name);
    synchronized (table) {
      checkUnbound();
    }
    UnixNames.Binding made = table.names().take(caller, name, this);
    boolean bound = false;
    try {
      synchronized (table) {
        checkUnbound();
        binding = made;
        local = made.address();
        bound = true;
      }
    } finally {
      if (!bound) {
        made.release();
        made.remove(caller);
      }
    }
  }

  private void checkUnbound() {
    if (binding != null || !local.path().isEmpty()) {
      throw EINVAL.exception();
    }
  }

  @Override
  public SocketAddress localAddress() {
    synchronized (table) {
      return local;
    }
  }

  @Override
  public SocketAddress peerAddress() {
    synchronized (table) {
      if (peer == null) {
        throw ENOTCONN.exception();
      }
      return type() == SocketType.DATAGRAM ? peer.local : remote;
    }
  }

  @Override
  protected PeerCredentials peerCredentials() {
    synchronized (table) {
      return peerCredentials;
    }
  }

  // ---- connecting -------------------------------------------------------------------------------

  @Override
  public void listen(Caller caller, int wanted) {
    if (!type().connected()) {
      throw EOPNOTSUPP.exception();
    }
    synchronized (table) {
      if (local.path().isEmpty() || wasPeer) {
        throw EINVAL.exception();
      }
      maker = caller.credentials();
      peerCredentials = maker;
      if (backlog == null) {
        backlog = new Backlog<>(wanted);
      } else {
        backlog.resize(wanted);
      }
    }
    queue.wakeAll();
  }

  @Override
  public void connect(Caller caller, SocketAddress address) {
    if (type() == SocketType.DATAGRAM) {
      connectDatagrams(caller, address);
      return;
    }
    if (!(address instanceof UnixAddress name)) {
      throw EINVAL.exception();
    }
    UnixNames.checkLength(name);
    long deadline = sendDeadline();
    while (!tryConnect(caller, name)) {
      UnixSocket listener = table.names().find(caller, name);
      if (nonBlocking() || !caller.task().await(listener::mayJoin, deadline, listener.room)) {
        throw EAGAIN.exception();
      }
    }
  }

  private boolean mayJoin() {
    synchronized (table) {
      return backlog == null || !backlog.isFull();
    }
  }

  /** Joins the backlog of who listens at a name; false when that is full. */
  private boolean tryConnect(Caller caller, UnixAddress name) {
    UnixSocket listener = table.names().find(caller, name);
    if (listener.type() != type()) {
      throw EPROTOTYPE.exception();
    }
    PeerCredentials who = caller.credentials();
    UnixSocket accepted = table.create(type(), 0, who.uid(), who.gid());
    boolean joined = false;
    try {
      synchronized (table) {
        if (backlog != null) {
          throw EINVAL.exception();
        }
        if (wasPeer) {
          throw EISCONN.exception();
        }
        Backlog<UnixSocket> line = listener.backlog;
        if (line == null) {
          throw ECONNREFUSED.exception();
        }
        if (line.isFull()) {
          return false;
        }
        join(accepted, listener.maker);
        accepted.join(this, who);
        accepted.local = listener.local;
        accepted.remote = local;
        accepted.embryo = true;
        remote = listener.local;
        line.add(accepted);
        joined = true;
      }
    } finally {
      if (!joined) {
        accepted.release();
      }
    }
    listener.queue.wakeAll();
    queue.wakeAll();
    return true;
  }

  private void connectDatagrams(Caller caller, SocketAddress address) {
    UnixSocket target = address instanceof UnixAddress name ? destination(caller, name) : null;
    synchronized (table) {
      if (target != null && target.peer != null && target.peer != this) {
        throw EPERM.exception();
      }
      unfollow();
      peer = target;
      if (target != null) {
        target.followers.add(this);
      }
    }
    queue.wakeAll();
  }

  private UnixSocket destination(Caller caller, UnixAddress name) {
    UnixNames.checkLength(name);
    UnixSocket target = table.names().find(caller, name);
    if (target.type() != type()) {
      throw EPROTOTYPE.exception();
    }
    return target;
  }

  private void unfollow() {
    if (peer != null) {
      peer.followers.remove(this);
    }
  }

  @Override
  public SocketDescription accept(Task task, int flags) {
    if (!type().connected()) {
      throw EOPNOTSUPP.exception();
    }
    long deadline = receiveDeadline();
    while (true) {
      UnixSocket next;
      synchronized (table) {
        if (backlog == null || receivesNoMore) {
          throw EINVAL.exception();
        }
        next = backlog.poll();
        if (next != null) {
          next.embryo = false;
        }
      }
      if (next != null) {
        room.wakeAll();
        next.setStatusFlags(flags);
        return next;
      }
      if (nonBlocking() || !task.await(this::mayAccept, deadline, queue)) {
        throw EAGAIN.exception();
      }
    }
  }

  private boolean mayAccept() {
    synchronized (table) {
      return backlog == null || receivesNoMore || !backlog.isEmpty();
    }
  }

  @Override
  protected boolean accepting() {
    synchronized (table) {
      return backlog != null;
    }
  }

  // ---- sending ----------------------------------------------------------------------------------

  @Override
  public int send(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> rights) {
    return send(task, buffer, offset, length, flags, rights, null);
  }

  @Override
  public int sendTo(
      Caller caller,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> rights,
      SocketAddress address) {
    if (type() == SocketType.STREAM) {
      synchronized (table) {
        throw (peer != null ? EISCONN : EOPNOTSUPP).exception();
      }
    }
    UnixSocket target = null;
    if (type() == SocketType.DATAGRAM) {
      if (!(address instanceof UnixAddress name)) {
        throw EINVAL.exception();
      }
      target = destination(caller, name);
    }
    return send(caller.task(), buffer, offset, length, flags, rights, target);
  }

  private int send(
      Task task,
      byte[] buffer,
      int offset,
      int length,
      int flags,
      List<FileDescription> rights,
      @Nullable UnixSocket target) {
    if (rights.size() > MAXIMUM_RIGHTS) {
      throw EINVAL.exception();
    }
    if (type() == SocketType.STREAM && length == 0) {
      return 0;
    }
    List<FileDescription> passed = table.pass(rights);
    boolean gone = false;
    try {
      int sent = transmit(task, buffer, offset, length, flags, passed, target);
      gone = true;
      return sent;
    } finally {
      if (!gone) {
        table.drop(passed);
      }
    }
  }

  @Override
  @Nullable QueuedSocket peer() {
    return peer;
  }

  @Override
  SocketAddress senderAddress() {
    return local;
  }

  @Override
  @Nullable Errno sendFailure(@Nullable QueuedSocket receiver, int length) {
    if (type() == SocketType.SEQUENCED_PACKET && error != null) {
      return takePending();
    }
    if (receiver == null) {
      return ENOTCONN;
    }
    if (type() != SocketType.STREAM && length > PacketQueue.LONGEST) {
      return EMSGSIZE;
    }
    if (type() == SocketType.DATAGRAM) {
      UnixSocket target = (UnixSocket) receiver;
      if (target.closed) {
        if (target == peer) {
          peer = null;
        }
        return ECONNREFUSED;
      }
      if (target.peer != null && target.peer != this) {
        return EPERM;
      }
    }
    return sendsNoMore || receiver.receivesNoMore ? EPIPE : null;
  }

  @Override
  boolean maySend(@Nullable QueuedSocket destination, int least) {
    synchronized (table) {
      QueuedSocket receiver = destination == null ? peer : destination;
      return receiver == null
          || receiver.closed
          || sendsNoMore
          || receiver.receivesNoMore
          || error != null
          || table.admit(receiver.received, least) >= least;
    }
  }

  @Override
  WaitQueue roomQueue() {
    return room;
  }

  // ---- receiving --------------------------------------------------------------------------------

  @Override
  ReceiveQueue.@Nullable Taken takeNext(
      byte[] buffer, int offset, int length, boolean peek, boolean wait) {
    if (type() != SocketType.STREAM && error != null) {
      throw takePending().exception();
    }
    if (!received.isEmpty()) {
      return takeQueued(buffer, offset, length, peek);
    }
    if (error != null) {
      throw takePending().exception();
    }
    if (receivesNever()) {
      throw (type() == SocketType.STREAM ? EINVAL : ENOTCONN).exception();
    }
    boolean over = receivesNoMore && (wait || type().connected());
    return over ? END : null;
  }

  @Override
  boolean receivesNever() {
    return type().connected() && !wasPeer;
  }

  @Override
  List<? extends QueuedSocket> senders() {
    if (followers.isEmpty()) {
      return super.senders();
    }
    List<QueuedSocket> senders = new ArrayList<>(followers);
    senders.addAll(super.senders());
    return senders;
  }

  @Override
  void announceRoom() {
    room.wakeAll();
    super.announceRoom();
  }

  @Override
  public int available() {
    synchronized (table) {
      if (backlog != null) {
        throw EINVAL.exception();
      }
    }
    return super.available();
  }

  // ---- readiness --------------------------------------------------------------------------------

  @Override
  public int poll() {
    synchronized (table) {
      int events = 0;
      if (error != null) {
        events |= PollEvents.POLLERR;
      }
      if (receivesNoMore) {
        events |= PollEvents.POLLRDHUP | READABLE;
        events |= sendsNoMore ? PollEvents.POLLHUP : 0;
      }
      if (backlog != null) {
        return events | (backlog.isEmpty() ? 0 : READABLE);
      }
      if (receivesNever()) {
        events |= PollEvents.POLLHUP;
      }
      if (!received.isEmpty()) {
        events |= READABLE;
      }
      if (peer == null || peer.closed || peer.hasRoom()) {
        events |= WRITEABLE;
      }
      return events;
    }
  }

  // ---- the end ----------------------------------------------------------------------------------

  @Override
  public void shutdown(int how) {
    if (how < SHUT_RD || how > SHUT_RDWR) {
      throw EINVAL.exception();
    }
    UnixSocket other;
    synchronized (table) {
      boolean receiving = how != SHUT_WR;
      boolean sending = how != SHUT_RD;
      receivesNoMore |= receiving;
      sendsNoMore |= sending;
      other = peer;
      if (other != null && type().connected()) {
        other.receivesNoMore |= sending;
        other.sendsNoMore |= receiving;
      }
    }
    queue.wakeAll();
    room.wakeAll();
    if (other != null) {
      other.queue.wakeAll();
    }
  }

  @Override
  protected void closeLast() {
    List<QueuedSocket> woken = new ArrayList<>();
    List<UnixSocket> pending = List.of();
    UnixNames.Binding bound;
    synchronized (table) {
      closed = true;
      bound = binding;
      binding = null;
      woken.addAll(followers);
      UnixSocket other = peer;
      if (other != null) {
        woken.add(other);
        if (type().connected()) {
          other.receivesNoMore = true;
          other.sendsNoMore = true;
          if (!received.isEmpty() || embryo) {
            other.error = ECONNRESET;
          }
        } else {
          unfollow();
        }
      }
      if (backlog != null) {
        pending = backlog.all();
        backlog = null;
      }
    }
    if (bound != null) {
      bound.release();
    }
    table.closed(this);
    pending.forEach(UnixSocket::release);
    queue.wakeAll();
    room.wakeAll();
    woken.forEach(socket -> socket.queue.wakeAll());
  }
}
