package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.EEXIST;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.errno.Errno.ENOBUFS;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.TestTask;
import java.util.ArrayList;
import java.util.List;

/** The network of a machine over a file system in memory, for one test. */
final class TestNetwork {
  static final int SOCKETS = 64;
  static final int BYTES = 1 << 20;

  final CountLimit sockets = new CountLimit(SOCKETS, ENFILE);
  final SocketTable table;
  final NetworkNamespace network;
  final VirtualFileSystem vfs =
      new VirtualFileSystem(new MountTable(new MemoryFileSystem(StorageLimits.unlimited()), false));
  final List<String> asked = new ArrayList<>();
  final TestTask task = TestTask.here();

  TestNetwork() {
    this((operation, object) -> {});
  }

  TestNetwork(NetworkGate gate) {
    Gauges gauges = new Gauges(Limits.DEFAULT.with(Limit.SOCKET_BYTES, BYTES), EventSink.DISCARD);
    table =
        new SocketTable(sockets, new CountLimit(64, ENOBUFS), gauges.ofMachine(Limit.SOCKET_BYTES));
    network =
        new NetworkNamespace(
            table,
            (operation, object) -> {
              asked.add(operation + " " + object);
              gate.check(operation, object);
            });
    mkdir("/tmp", 01777);
    mkdir("/closed", 0755);
  }

  private void mkdir(String path, int mode) {
    Location root = vfs.mounts().root();
    vfs.create(Credentials.root(), root, path, NewInode.directory(mode, 0, 0));
  }

  Caller root() {
    return caller(task, Credentials.root());
  }

  Caller user() {
    return caller(task, Credentials.of(1000, 1000));
  }

  Caller caller(Task by, Credentials who) {
    return new Caller(by, 42, who, new Files(who));
  }

  SocketDescription socket(int domain, int type) {
    return network.create(user(), domain, type, 0);
  }

  SocketDescription tcp() {
    return socket(SocketAddress.AF_INET, 1);
  }

  SocketDescription udp() {
    return socket(SocketAddress.AF_INET, 2);
  }

  SocketDescription unix(SocketType type) {
    return socket(SocketAddress.AF_UNIX, type.number());
  }

  static InternetAddress at(String ip, int port) {
    IpAddress address = IpAddress.parse(ip);
    if (address == null) {
      throw new AssertionError(ip);
    }
    return new InternetAddress(address, port);
  }

  /** A listening TCP socket at an address. */
  SocketDescription listener(InternetAddress address, int backlog) {
    SocketDescription listener = socket(address.family(), 1);
    listener.bind(root(), address);
    listener.listen(root(), backlog);
    return listener;
  }

  /** A connection: the client's end, then the server's. */
  SocketPair connection() {
    SocketDescription listener = listener(at("127.0.0.1", 0), 1);
    SocketDescription client = tcp();
    client.connect(user(), listener.localAddress());
    SocketDescription server = listener.accept(task, 0);
    listener.release();
    return new SocketPair(client, server);
  }

  int send(SocketDescription from, String text) {
    return from.send(
        task, text.getBytes(US_ASCII), 0, text.length(), MessageFlags.MSG_DONTWAIT, List.of());
  }

  int sendTo(SocketDescription from, String text, SocketAddress to) {
    byte[] bytes = text.getBytes(US_ASCII);
    return from.sendTo(user(), bytes, 0, bytes.length, MessageFlags.MSG_DONTWAIT, List.of(), to);
  }

  String receive(SocketDescription to) {
    return receive(to, 100, MessageFlags.MSG_DONTWAIT);
  }

  String receive(SocketDescription to, int length, int flags) {
    byte[] buffer = new byte[length];
    int count = to.receive(task, buffer, 0, length, flags, null);
    return new String(buffer, 0, Math.min(count, length), US_ASCII);
  }

  static int error(SocketDescription socket) {
    return socket.option(1, 4)[0] & 0xff;
  }

  static void set(SocketDescription socket, int level, int name, int... values) {
    byte[] bytes = new byte[values.length * 4];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (values[i / 4] >>> (i % 4 * 8));
    }
    socket.setOption(level, name, bytes);
  }

  /** Paths from the root, with umask 022. */
  private final class Files implements Caller.Tree {
    private final Credentials who;

    Files(Credentials who) {
      this.who = who;
    }

    @Override
    public Location create(String path) {
      try {
        NewInode socket = NewInode.node(FileType.SOCKET, 0755, 0, 0, 0);
        return vfs.create(who, vfs.mounts().root(), path, socket);
      } catch (ErrnoException e) {
        throw e.errno() == EEXIST ? EADDRINUSE.exception() : e;
      }
    }

    @Override
    public Location find(String path) {
      Location place = vfs.resolve(who, vfs.mounts().root(), path, true);
      vfs.checkAccess(who, place, Access.WRITE);
      return place;
    }

    @Override
    public void remove(String path) {
      vfs.unlink(who, vfs.mounts().root(), path);
    }
  }
}
