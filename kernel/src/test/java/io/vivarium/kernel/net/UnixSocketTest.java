package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISCONN;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.errno.Errno.EPROTOTYPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Guest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds named local sockets to unix(7) and a Linux host. */
class UnixSocketTest {
  private static final int IN = 0x41;
  private static final int OUT = 0x104;
  private static final int HUP = 0x10;
  private static final UnixAddress PATH = new UnixAddress("/tmp/s");
  private static final UnixAddress ABSTRACT = new UnixAddress("\0name");

  private final TestNetwork net = new TestNetwork();

  private SocketDescription bound(SocketType type, UnixAddress address) {
    SocketDescription socket = net.unix(type);
    socket.bind(net.user(), address);
    return socket;
  }

  private SocketDescription listener(SocketType type, UnixAddress address, int backlog) {
    SocketDescription listener = bound(type, address);
    listener.listen(net.user(), backlog);
    return listener;
  }

  private Inode inode(String path) {
    return net.vfs.resolve(Credentials.root(), net.vfs.mounts().root(), path, true).inode();
  }

  @ParameterizedTest
  @EnumSource(
      value = SocketType.class,
      names = {"STREAM", "SEQUENCED_PACKET"})
  void a_connection_has_two_ends_with_their_names(SocketType type) {
    for (UnixAddress address : List.of(PATH, ABSTRACT)) {
      SocketDescription listener = listener(type, address, 1);
      SocketDescription client = net.unix(type);
      assertThat(client.poll()).isEqualTo(OUT | HUP);
      client.connect(net.user(), address);
      assertThat(listener.poll()).isEqualTo(IN);
      SocketDescription server = listener.accept(net.task, 0);
      assertThat(client.peerAddress()).isEqualTo(address);
      assertThat(client.localAddress()).isEqualTo(UnixAddress.UNNAMED);
      assertThat(server.localAddress()).isEqualTo(address);
      assertThat(server.peerAddress()).isEqualTo(UnixAddress.UNNAMED);
      net.send(client, "to");
      net.send(server, "fro");
      assertThat(net.receive(server)).isEqualTo("to");
      assertThat(net.receive(client)).isEqualTo("fro");
      assertThat(client.option(1, 17)).startsWith(42, 0, 0, 0, (byte) 0xe8, 3);
      assertFails(EISCONN, () -> client.connect(net.user(), address));
      assertFails(EINVAL, () -> client.listen(net.user(), 1));
      client.release();
      server.release();
      listener.release();
    }
    assertThat(net.sockets.used()).isZero();
  }

  @Test
  void a_path_is_a_socket_file_that_outlives_the_socket() {
    SocketDescription listener = listener(SocketType.STREAM, PATH, 1);
    assertThat(inode("/tmp/s").type()).isEqualTo(FileType.SOCKET);
    assertThat(inode("/tmp/s").mode() & 0777).isEqualTo(0755);
    assertThat(inode("/tmp/s").uid()).isEqualTo(1000);
    assertFails(EADDRINUSE, () -> bound(SocketType.STREAM, PATH));
    listener.release();
    assertFails(ECONNREFUSED, () -> net.unix(SocketType.STREAM).connect(net.user(), PATH));
    assertFails(EADDRINUSE, () -> bound(SocketType.STREAM, PATH));
    net.vfs.unlink(Credentials.root(), net.vfs.mounts().root(), "/tmp/s");
    assertFails(ENOENT, () -> net.unix(SocketType.STREAM).connect(net.user(), PATH));
    bound(SocketType.STREAM, PATH);
  }

  @Test
  void modes_say_who_may_bind_and_connect() {
    UnixAddress closed = new UnixAddress("/closed/s");
    assertFails(EACCES, () -> bound(SocketType.STREAM, closed));
    SocketDescription listener = listener(SocketType.STREAM, PATH, 5);
    Caller stranger = net.caller(net.task, Credentials.of(2000, 2000));
    assertFails(EACCES, () -> net.unix(SocketType.STREAM).connect(stranger, PATH));
    inode("/tmp/s").setAttributes(AttributeChange.mode(0777));
    net.unix(SocketType.STREAM).connect(stranger, PATH);
    inode("/tmp/s").setAttributes(AttributeChange.mode(0));
    net.unix(SocketType.STREAM).connect(net.root(), PATH);
    assertThat(listener.poll()).isEqualTo(IN);
  }

  @Test
  void what_is_no_socket_refuses() {
    Location root = net.vfs.mounts().root();
    net.vfs.create(Credentials.root(), root, "/tmp/file", NewInode.regular(0666, 0, 0));
    UnixAddress file = new UnixAddress("/tmp/file");
    assertFails(ECONNREFUSED, () -> net.unix(SocketType.STREAM).connect(net.root(), file));
    bound(SocketType.STREAM, PATH);
    assertFails(ECONNREFUSED, () -> net.unix(SocketType.STREAM).connect(net.user(), PATH));
    assertFails(EPROTOTYPE, () -> net.unix(SocketType.DATAGRAM).connect(net.user(), PATH));
    assertFails(ECONNREFUSED, () -> net.unix(SocketType.STREAM).connect(net.user(), ABSTRACT));
    UnixAddress wide = new UnixAddress("/tmp/" + "x".repeat(200));
    assertFails(EINVAL, () -> bound(SocketType.STREAM, wide));
  }

  @Test
  void abstract_names_leave_nothing_behind_and_can_be_chosen_by_the_machine() {
    SocketDescription one = bound(SocketType.STREAM, ABSTRACT);
    assertFails(EADDRINUSE, () -> bound(SocketType.DATAGRAM, ABSTRACT));
    one.release();
    bound(SocketType.STREAM, ABSTRACT);
    SocketDescription chosen = bound(SocketType.DATAGRAM, UnixAddress.UNNAMED);
    SocketDescription other = bound(SocketType.DATAGRAM, UnixAddress.UNNAMED);
    assertThat(chosen.localAddress().toString()).matches("@[0-9a-f]{5}");
    assertThat(other.localAddress()).isNotEqualTo(chosen.localAddress());
  }

  @Test
  void who_finds_the_backlog_full_waits_or_is_told() {
    SocketDescription listener = listener(SocketType.STREAM, PATH, 0);
    net.unix(SocketType.STREAM).connect(net.user(), PATH);
    SocketDescription client = net.unix(SocketType.STREAM);
    Guest<Void> connecting =
        Guest.startBlocked(task -> {
          client.connect(net.caller(task, Credentials.root()), PATH);
          return null;
        });
    listener.accept(net.task, 0);
    connecting.result();
    SocketDescription impatient =
        net.network.create(net.user(), SocketAddress.AF_UNIX, 1 | 0x800, 0);
    assertFails(EAGAIN, () -> impatient.connect(net.user(), PATH));
  }

  @Test
  void closing_the_listener_resets_who_was_not_accepted() {
    SocketDescription listener = listener(SocketType.STREAM, PATH, 5);
    SocketDescription client = net.unix(SocketType.STREAM);
    client.connect(net.user(), PATH);
    net.send(client, "lost");
    listener.release();
    assertFails(ECONNRESET, () -> net.receive(client));
    assertFails(EPIPE, () -> net.send(client, "x"));
    client.release();
    assertThat(net.sockets.used()).isZero();
    assertThat(net.table.bufferedBytes()).isZero();
  }

  @Test
  void a_listener_in_its_own_backlog_does_not_stay_for_ever() {
    SocketDescription listener = listener(SocketType.STREAM, ABSTRACT, 5);
    SocketDescription client = net.unix(SocketType.STREAM);
    client.connect(net.user(), ABSTRACT);
    client.send(net.task, new byte[1], 0, 1, 0, List.of(listener));
    listener.release();
    client.release();
    assertThat(net.sockets.used()).isZero();
    bound(SocketType.STREAM, ABSTRACT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/tmp/s", "\0name"})
  void datagrams_keep_boundaries_and_say_who_sent_them(String name) {
    UnixAddress address = new UnixAddress(name);
    SocketDescription server = bound(SocketType.DATAGRAM, address);
    SocketDescription client = bound(SocketType.DATAGRAM, new UnixAddress("/tmp/client"));
    assertThat(net.sendTo(client, "one", address)).isEqualTo(3);
    assertThat(net.sendTo(client, "", address)).isZero();
    Envelope envelope = new Envelope(0);
    byte[] buffer = new byte[2];
    int whole = server.receive(net.task, buffer, 0, 2, MessageFlags.MSG_TRUNC, envelope);
    assertThat(whole).isEqualTo(3);
    assertThat(envelope.flags()).isEqualTo(MessageFlags.MSG_TRUNC);
    assertThat(envelope.source()).isEqualTo(new UnixAddress("/tmp/client"));
    assertThat(net.receive(server)).isEmpty();
    assertFails(EAGAIN, () -> net.receive(server));
    assertFails(ENOTCONN, () -> net.send(client, "x"));
    client.connect(net.user(), address);
    assertThat(net.send(client, "two")).isEqualTo(3);
    server.connect(net.user(), new UnixAddress("/tmp/client"));
    SocketDescription third = net.unix(SocketType.DATAGRAM);
    assertFails(EPERM, () -> net.sendTo(third, "x", address));
    assertFails(EMSGSIZE, () -> net.sendTo(third, "x".repeat(300_000), address));
    server.release();
    assertFails(ECONNREFUSED, () -> net.send(client, "x"));
    assertFails(ENOTCONN, () -> net.send(client, "x"));
  }

  @Test
  void senders_of_datagrams_wait_for_room_and_see_it_when_polling() {
    SocketDescription server = bound(SocketType.DATAGRAM, PATH);
    SocketDescription client = net.unix(SocketType.DATAGRAM);
    client.connect(net.user(), PATH);
    byte[] half = new byte[110_000];
    client.send(net.task, half, 0, half.length, 0, List.of());
    client.send(net.task, half, 0, 100_000, 0, List.of());
    assertThat(client.poll()).isZero();
    Guest<Integer> connected =
        Guest.startBlocked(task -> client.send(task, half, 0, 100_000, 0, List.of()));
    SocketDescription stranger = net.unix(SocketType.DATAGRAM);
    Guest<Integer> other =
        Guest.startBlocked(task ->
            stranger.sendTo(
                net.caller(task, Credentials.root()), half, 0, 50_000, 0, List.of(), PATH));
    while (!connected.isDone() || !other.isDone()) {
      server.receive(net.task, half, 0, half.length, 0, null);
    }
    assertThat(connected.result()).isEqualTo(100_000);
    assertThat(other.result()).isEqualTo(50_000);
  }

  @Test
  void addresses_are_for_datagrams_only() {
    SocketDescription stream = net.unix(SocketType.STREAM);
    assertFails(EOPNOTSUPP, () -> net.sendTo(stream, "x", PATH));
    assertFails(EOPNOTSUPP, () -> net.unix(SocketType.DATAGRAM).listen(net.user(), 1));
    assertFails(EINVAL, () -> stream.listen(net.user(), 1));
    assertFails(EINVAL, () -> net.receive(stream));
    assertFails(ENOTCONN, () -> net.receive(net.unix(SocketType.SEQUENCED_PACKET)));
    assertFails(ENOTCONN, stream::peerAddress);
  }
}
