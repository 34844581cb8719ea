package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EALREADY;
import static io.vivarium.kernel.errno.Errno.ECONNABORTED;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EINPROGRESS;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISCONN;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.errno.Errno.ETIMEDOUT;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.Waiter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A stream socket of the internet families (tcp(7)). A connection is two that are each other's
 * peers: what is sent is received at once, so there are no segments, only the states and errors
 * that programs see. State is guarded by the {@link SocketTable}.
 */
final class TcpSocket extends InternetSocket {
  /** How long a connection is tried that nobody answers, as Linux repeats its first segment. */
  private static final long CONNECT_NANOS = TimeUnit.SECONDS.toNanos(127);

  /** The state of a socket, as far as calls tell it apart. */
  private enum State {
    /** Not connected. */
    NEW,
    /** Connections can join its backlog. */
    LISTENING,
    /** Waits for room in a backlog. */
    CONNECTING,
    /** Connected, or was until the other side was closed. */
    CONNECTED,
    /** Was connected until it was reset. */
    RESET
  }

  // Guarded by the table.
  private State state = State.NEW;
  private @Nullable TcpSocket peer;
  private @Nullable Backlog<TcpSocket> backlog;
  private final Set<TcpSocket> knocking = new LinkedHashSet<>(0);
  private @Nullable TcpSocket knocksAt;
  // A connect(2) has begun whose outcome no further call has told yet.
  private boolean outcomeOpen;
  private boolean peerFinished;
  private boolean embryo;

  TcpSocket(NetworkNamespace network, boolean six, Inode inode, int flags) {
    super(network, SocketType.STREAM, Protocol.TCP, six, inode, flags);
  }

  // ---- listening --------------------------------------------------------------------------------

  @Override
  public void listen(Caller caller, int wanted) {
    synchronized (table) {
      checkMayListen();
    }
    bindToListen();
    synchronized (table) {
      checkMayListen();
      InternetAddress bound = local;
      if (bound == null) {
        throw EINVAL.exception();
      }
      if (backlog != null) {
        backlog.resize(wanted);
        return;
      }
      state = State.LISTENING;
      boolean alone = false;
      try {
        ports().checkConflict(this, bound);
        alone = true;
      } finally {
        if (!alone) {
          state = State.NEW;
        }
      }
      backlog = new Backlog<>(wanted);
      receivesNoMore = false;
      sendsNoMore = false;
    }
    queue.wakeAll();
  }

  private void checkMayListen() {
    if (state != State.NEW && state != State.LISTENING) {
      throw EINVAL.exception();
    }
  }

  @Override
  protected boolean accepting() {
    synchronized (table) {
      return state == State.LISTENING;
    }
  }

  @Override
  public SocketDescription accept(Task task, int flags) {
    long deadline = receiveDeadline();
    while (true) {
      TcpSocket next;
      synchronized (table) {
        if (backlog == null) {
          throw EINVAL.exception();
        }
        next = backlog.poll();
        if (next != null) {
          next.embryo = false;
        }
      }
      if (next != null) {
        admitKnocking();
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
      return backlog == null || !backlog.isEmpty();
    }
  }

  /** Connects the first of those who wait for room in the backlog. */
  private void admitKnocking() {
    synchronized (table) {
      if (knocking.isEmpty()) {
        return;
      }
    }
    TcpSocket accepted;
    try {
      accepted = embryo();
    } catch (ErrnoException limited) {
      // Too many sockets: they go on waiting, until the next is accepted.
      return;
    }
    TcpSocket client = null;
    synchronized (table) {
      if (backlog != null && !backlog.isFull() && !knocking.isEmpty()) {
        client = knocking.iterator().next();
        knocking.remove(client);
        client.knocksAt = null;
        join(accepted, client, backlog);
      }
    }
    if (client == null) {
      accepted.release();
      return;
    }
    queue.wakeAll();
    client.queue.wakeAll();
  }

  private TcpSocket embryo() {
    Inode like = inode();
    return table.open(like.uid(), like.gid(), inode -> new TcpSocket(network, six, inode, 0));
  }

  /** Under the table: a connection from a client, whose other end waits to be accepted. */
  private void join(TcpSocket accepted, TcpSocket client, Backlog<TcpSocket> line) {
    InternetAddress target = client.remote;
    InternetAddress source = client.local;
    if (target == null || source == null) {
      throw new IllegalStateException("a client without addresses");
    }
    accepted.inherit(this);
    ports().share(accepted, target);
    accepted.remote = source;
    accepted.embryo = true;
    accepted.connected(client);
    client.connected(accepted);
    line.add(accepted);
  }

  private void connected(TcpSocket other) {
    peer = other;
    state = State.CONNECTED;
    receivesNoMore = false;
    sendsNoMore = false;
    error = null;
  }

  // ---- connecting -------------------------------------------------------------------------------

  @Override
  public void connect(Caller caller, SocketAddress address) {
    if (address instanceof AnyFamily) {
      disconnect();
      return;
    }
    boolean begun;
    synchronized (table) {
      begun = hasBegun();
    }
    if (!begun) {
      InternetAddress target = destination(address);
      network.permitReaching(this, target);
      begin(target);
      if (nonBlocking()) {
        throw EINPROGRESS.exception();
      }
    }
    awaitConnection(caller.task());
  }

  /** Whether an earlier connect(2) is to be waited for; false when none has begun. */
  private boolean hasBegun() {
    return switch (state) {
      case LISTENING, RESET -> throw EISCONN.exception();
      case CONNECTED -> {
        if (!outcomeOpen) {
          throw EISCONN.exception();
        }
        yield true;
      }
      case CONNECTING -> {
        if (nonBlocking()) {
          throw EALREADY.exception();
        }
        yield true;
      }
      case NEW -> {
        if (outcomeOpen) {
          throw failure().exception();
        }
        yield false;
      }
    };
  }

  /** Why connecting failed, which leaves the socket as if it had not been tried. */
  private Errno failure() {
    Errno told = error == null ? ECONNABORTED : error;
    error = null;
    outcomeOpen = false;
    receivesNoMore = false;
    sendsNoMore = false;
    return told;
  }

  private void awaitConnection(Task task) {
    long given = sendDeadline();
    long deadline = given == Waiter.NEVER ? System.nanoTime() + CONNECT_NANOS : given;
    boolean inTime = task.await(this::isDecided, deadline, queue);
    synchronized (table) {
      if (state == State.CONNECTED || state == State.RESET) {
        outcomeOpen = false;
        return;
      }
      if (inTime) {
        throw failure().exception();
      }
      if (given != Waiter.NEVER) {
        throw EINPROGRESS.exception();
      }
      stopKnocking();
      state = State.NEW;
      outcomeOpen = false;
    }
    throw ETIMEDOUT.exception();
  }

  private boolean isDecided() {
    synchronized (table) {
      return state != State.CONNECTING;
    }
  }

  /** Connects, waits in front of a full backlog, or is refused: the state tells. */
  private void begin(InternetAddress target) {
    while (true) {
      TcpSocket listener;
      synchronized (table) {
        if (hasBegun()) {
          return;
        }
        listener = listenerAt(target);
        if (listener == null) {
          beginAlone(target);
          return;
        }
        Backlog<TcpSocket> line = listener.backlog;
        if (line != null && line.isFull()) {
          take(target);
          state = State.CONNECTING;
          knocksAt = listener;
          listener.knocking.add(this);
          return;
        }
      }
      if (joinAt(listener, target)) {
        listener.queue.wakeAll();
        queue.wakeAll();
        return;
      }
    }
  }

  private boolean joinAt(TcpSocket listener, InternetAddress target) {
    TcpSocket accepted = listener.embryo();
    boolean joined = false;
    try {
      synchronized (table) {
        Backlog<TcpSocket> line = listener.backlog;
        if (!hasBegun() && line != null && !line.isFull()) {
          take(target);
          listener.join(accepted, this, line);
          joined = true;
        }
      }
      return joined;
    } finally {
      if (!joined) {
        accepted.release();
      }
    }
  }

  private @Nullable TcpSocket listenerAt(InternetAddress target) {
    return (TcpSocket) ports().receiver(target, null);
  }

  /** Nobody listens: refused, except for a socket that meets itself. */
  private void beginAlone(InternetAddress target) {
    take(target);
    if (target.equals(local)) {
      connected(this);
      return;
    }
    remote = null;
    error = ECONNREFUSED;
    receivesNoMore = true;
    sendsNoMore = true;
    queue.wakeAll();
  }

  /** Begins to connect: has an address of its own, and one to go to. */
  private void take(InternetAddress target) {
    InternetAddress source = sourceFor(target);
    ports().release(this);
    ports().share(this, source);
    remote = target;
    outcomeOpen = true;
  }

  private void stopKnocking() {
    if (knocksAt != null) {
      knocksAt.knocking.remove(this);
      knocksAt = null;
    }
  }

  /** connect(2) to AF_UNSPEC. */
  private void disconnect() {
    List<TcpSocket> pending;
    TcpSocket other;
    synchronized (table) {
      pending = stopListening();
      stopKnocking();
      other = peer;
      if (other != null && other != this) {
        other.reset();
      }
      peer = null;
      remote = null;
      state = State.NEW;
      outcomeOpen = false;
      peerFinished = false;
      error = null;
      receivesNoMore = false;
      sendsNoMore = false;
    }
    end(pending, other);
  }

  @Override
  public SocketAddress peerAddress() {
    synchronized (table) {
      InternetAddress target = remote;
      if (state != State.CONNECTED || target == null) {
        throw ENOTCONN.exception();
      }
      return shown(target);
    }
  }

  @Override
  int score(IpAddress target, @Nullable InternetAddress source) {
    return state == State.LISTENING ? boundScore(target) : 0;
  }

  // ---- sending ----------------------------------------------------------------------------------

  @Override
  public int send(
      Task task, byte[] buffer, int offset, int length, int flags, List<FileDescription> rights) {
    if (!rights.isEmpty()) {
      throw EINVAL.exception();
    }
    return length == 0 ? 0 : transmit(task, buffer, offset, length, flags, List.of(), null);
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
    return send(caller.task(), buffer, offset, length, flags, rights);
  }

  @Override
  @Nullable QueuedSocket peer() {
    return peer;
  }

  @Override
  SocketAddress senderAddress() {
    return UnixAddress.UNNAMED;
  }

  @Override
  @Nullable Errno sendFailure(@Nullable QueuedSocket receiver, int length) {
    if (error != null) {
      return takePending();
    }
    if (state == State.CONNECTING) {
      return null;
    }
    return sendsNoMore || receiver == null ? EPIPE : null;
  }

  @Override
  boolean isLost(@Nullable QueuedSocket receiver) {
    if (receiver == null || !receiver.closed) {
      return false;
    }
    // A closed socket answers with a reset; who sends learns of that the next time.
    reset();
    queue.wakeAll();
    return true;
  }

  @Override
  boolean maySend(@Nullable QueuedSocket destination, int least) {
    synchronized (table) {
      TcpSocket receiver = peer;
      if (state == State.CONNECTING) {
        return false;
      }
      return receiver == null
          || receiver.closed
          || sendsNoMore
          || error != null
          || table.admit(receiver.received, least) >= least;
    }
  }

  /** Under the table: the other side wants to hear nothing more. */
  private void reset() {
    error = peerFinished ? EPIPE : ECONNRESET;
    state = State.RESET;
    peer = null;
    receivesNoMore = true;
    sendsNoMore = true;
  }

  // ---- receiving --------------------------------------------------------------------------------

  @Override
  ReceiveQueue.@Nullable Taken takeNext(
      byte[] buffer, int offset, int length, boolean peek, boolean wait) {
    if (!received.isEmpty()) {
      return takeQueued(buffer, offset, length, peek);
    }
    if (peerFinished) {
      return END;
    }
    if (error != null) {
      throw takePending().exception();
    }
    if (state == State.LISTENING) {
      throw ENOTCONN.exception();
    }
    if (receivesNoMore) {
      return END;
    }
    if (receivesNever()) {
      throw ENOTCONN.exception();
    }
    return null;
  }

  @Override
  boolean receivesNever() {
    return state == State.NEW || state == State.LISTENING;
  }

  @Override
  public int available() {
    synchronized (table) {
      if (state == State.LISTENING) {
        throw EINVAL.exception();
      }
    }
    return super.available();
  }

  // ---- readiness --------------------------------------------------------------------------------

  @Override
  public int poll() {
    synchronized (table) {
      if (backlog != null) {
        return backlog.isEmpty() ? 0 : READABLE;
      }
      boolean shut = receivesNoMore && sendsNoMore;
      int events = error != null ? PollEvents.POLLERR : 0;
      if (shut || state == State.NEW) {
        events |= PollEvents.POLLHUP;
      }
      if (receivesNoMore) {
        events |= PollEvents.POLLRDHUP | READABLE;
      }
      if (state == State.CONNECTING) {
        return events;
      }
      if (!received.isEmpty()) {
        events |= READABLE;
      }
      if (sendsNoMore || peer == null || peer.closed || peer.hasRoom()) {
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
    boolean receiving = how != SHUT_WR;
    boolean sending = how != SHUT_RD;
    List<TcpSocket> pending = List.of();
    TcpSocket other = null;
    boolean connected = true;
    synchronized (table) {
      if (state == State.LISTENING) {
        if (receiving) {
          pending = stopListening();
          state = State.NEW;
        }
      } else if (state == State.CONNECTING) {
        stopKnocking();
        state = State.NEW;
        error = ECONNRESET;
      } else {
        connected = state == State.CONNECTED;
        receivesNoMore |= receiving;
        sendsNoMore |= sending;
        other = peer;
        if (other != null && sending) {
          other.finish();
        }
      }
    }
    end(pending, other);
    if (!connected) {
      throw ENOTCONN.exception();
    }
  }

  /** Under the table: the other side sends no more. */
  private void finish() {
    receivesNoMore = true;
    peerFinished = true;
  }

  /** Under the table: takes the backlog away; those in front of it are refused. */
  private List<TcpSocket> stopListening() {
    if (backlog == null) {
      return List.of();
    }
    List<TcpSocket> pending = new ArrayList<>(backlog.all());
    backlog = null;
    for (TcpSocket client : knocking) {
      client.knocksAt = null;
      client.state = State.NEW;
      client.remote = null;
      client.error = ECONNREFUSED;
      client.receivesNoMore = true;
      client.sendsNoMore = true;
      client.queue.wakeAll();
    }
    knocking.clear();
    return pending;
  }

  private void end(List<TcpSocket> pending, @Nullable TcpSocket other) {
    pending.forEach(TcpSocket::release);
    queue.wakeAll();
    if (other != null) {
      other.queue.wakeAll();
    }
  }

  @Override
  List<FileDescription> held() {
    return backlog == null ? List.of() : new ArrayList<>(backlog.all());
  }

  @Override
  protected void closeLast() {
    List<TcpSocket> pending;
    TcpSocket other;
    synchronized (table) {
      closed = true;
      pending = stopListening();
      stopKnocking();
      ports().release(this);
      other = peer;
      if (other != null && other != this && !other.closed) {
        boolean abort = embryo || !received.isEmpty() || options().resetsOnClose();
        if (abort) {
          other.reset();
        } else {
          other.finish();
        }
      }
    }
    table.closed(this);
    end(pending, other);
  }
}
