package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.EDESTADDRREQ;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.net.TestNetwork.at;
import static io.vivarium.kernel.net.TestNetwork.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.wait.Guest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holds datagram sockets of the internet families to udp(7) and a Linux host. */
class UdpSocketTest {
  private static final int OUT = 0x104;
  private static final int ERR = 0x8;

  private final TestNetwork net = new TestNetwork();

  private SocketDescription bound(String ip, int port) {
    SocketDescription socket = net.socket(at(ip, 0).family(), 2);
    socket.bind(net.user(), at(ip, port));
    return socket;
  }

  private SocketAddress source(SocketDescription socket, String expected) {
    Envelope envelope = new Envelope(0);
    byte[] buffer = new byte[100];
    int count = socket.receive(net.task, buffer, 0, 100, MessageFlags.MSG_DONTWAIT, envelope);
    assertThat(new String(buffer, 0, count, java.nio.charset.StandardCharsets.US_ASCII))
        .isEqualTo(expected);
    return envelope.source();
  }

  @Test
  void datagrams_arrive_with_the_address_to_answer_to() {
    SocketDescription server = bound("0.0.0.0", 5353);
    SocketDescription client = net.udp();
    assertThat(client.poll()).isEqualTo(OUT);
    net.sendTo(client, "question", at("127.0.0.1", 5353));
    SocketAddress from = source(server, "question");
    assertThat(((InternetAddress) from).ip()).isEqualTo(IpAddress.LOOPBACK);
    net.sendTo(server, "answer", from);
    assertThat(source(client, "answer")).isEqualTo(at("127.0.0.1", 5353));
  }

  @Test
  void a_socket_of_both_families_sees_mapped_addresses() {
    SocketDescription server = bound("::", 5353);
    SocketDescription client = bound("127.0.0.1", 6000);
    net.sendTo(client, "x", at("127.0.0.1", 5353));
    assertThat(source(server, "x")).isEqualTo(at("::ffff:127.0.0.1", 6000));
    net.sendTo(server, "y", at("::ffff:127.0.0.1", 6000));
    assertThat(source(client, "y")).isEqualTo(at("127.0.0.1", 5353));
  }

  @Test
  void a_connected_socket_hears_its_peer_alone() {
    SocketDescription one = bound("127.0.0.1", 6001);
    SocketDescription other = bound("127.0.0.1", 6002);
    one.connect(net.user(), at("127.0.0.1", 6002));
    SocketDescription stranger = bound("127.0.0.1", 6003);
    net.sendTo(stranger, "lost", at("127.0.0.1", 6001));
    assertFails(EAGAIN, () -> net.receive(one));
    net.sendTo(other, "heard", at("127.0.0.1", 6001));
    assertThat(net.receive(one)).isEqualTo("heard");
    one.connect(net.user(), AnyFamily.ADDRESS);
    assertFails(ENOTCONN, one::peerAddress);
    assertFails(EDESTADDRREQ, () -> net.send(one, "x"));
  }

  @Test
  void a_connected_socket_learns_that_nobody_is_there() {
    SocketDescription client = net.udp();
    client.connect(net.user(), at("127.0.0.1", 9));
    assertThat(net.send(client, "x")).isEqualTo(1);
    assertThat(client.poll()).isEqualTo(OUT | ERR);
    assertFails(ECONNREFUSED, () -> net.receive(client));
    assertFails(EAGAIN, () -> net.receive(client));
    net.send(client, "x");
    assertThat(TestNetwork.error(client)).isEqualTo(ECONNREFUSED.number());
    SocketDescription loose = net.udp();
    net.sendTo(loose, "x", at("127.0.0.1", 9));
    net.sendTo(loose, "x", at("127.0.0.1", 9));
  }

  @Test
  void datagrams_have_a_longest_length() {
    SocketDescription server = bound("127.0.0.1", 6001);
    SocketDescription client = net.udp();
    assertThat(net.sendTo(client, "x".repeat(65_507), at("127.0.0.1", 6001))).isEqualTo(65_507);
    assertFails(EMSGSIZE, () -> net.sendTo(client, "x".repeat(65_508), at("127.0.0.1", 6001)));
    assertThat(server.available()).isEqualTo(65_507);
    byte[] buffer = new byte[10];
    assertThat(server.receive(net.task, buffer, 0, 10, MessageFlags.MSG_TRUNC, null))
        .isEqualTo(65_507);
    assertFails(EINVAL, () -> net.sendTo(client, "x", at("127.0.0.1", 0)));
    assertFails(EOPNOTSUPP, () -> client.listen(net.user(), 1));
  }

  @Test
  void what_a_receiver_has_no_room_for_is_lost() {
    SocketDescription server = bound("127.0.0.1", 6001);
    SocketDescription client = net.udp();
    String much = "x".repeat(60_000);
    for (int i = 0; i < 100; i++) {
      assertThat(net.sendTo(client, much, at("127.0.0.1", 6001))).isEqualTo(60_000);
    }
    for (int i = 0; i < 10_000; i++) {
      net.sendTo(client, "", at("127.0.0.1", 6001));
    }
    assertThat(net.table.bufferedBytes()).isLessThanOrEqualTo(212_992);
    server.release();
    assertThat(net.table.bufferedBytes()).isZero();
  }

  @Test
  void ports_of_datagrams_are_shared_when_all_agree() {
    SocketDescription one = net.udp();
    set(one, 1, 2, 1);
    one.bind(net.user(), at("127.0.0.1", 6001));
    assertFails(EADDRINUSE, () -> bound("127.0.0.1", 6001));
    SocketDescription other = net.udp();
    set(other, 1, 2, 1);
    other.bind(net.user(), at("127.0.0.1", 6001));
    net.tcp().bind(net.user(), at("127.0.0.1", 6001));
  }

  @Test
  void shutting_down_ends_waiting_and_sending() {
    SocketDescription socket = bound("127.0.0.1", 6001);
    assertFails(ENOTCONN, () -> socket.shutdown(SocketDescription.SHUT_WR));
    SocketDescription client = net.udp();
    client.connect(net.user(), at("127.0.0.1", 6001));
    Guest<Integer> waiting =
        Guest.startBlocked(task -> client.receive(task, new byte[1], 0, 1, 0, null));
    client.shutdown(SocketDescription.SHUT_RDWR);
    assertThat(waiting.result()).isZero();
    assertFails(EPIPE, () -> client.send(net.task, new byte[1], 0, 1, 0x4000, List.of()));
  }
}
