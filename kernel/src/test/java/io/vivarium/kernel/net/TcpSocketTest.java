package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EADDRINUSE;
import static io.vivarium.kernel.errno.Errno.EADDRNOTAVAIL;
import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EALREADY;
import static io.vivarium.kernel.errno.Errno.ECONNABORTED;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EINPROGRESS;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISCONN;
import static io.vivarium.kernel.errno.Errno.ENETUNREACH;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.net.TestNetwork.at;
import static io.vivarium.kernel.net.TestNetwork.set;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Guest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Holds stream sockets of the internet families to tcp(7), ip(7), ipv6(7) and a Linux host. */
class TcpSocketTest {
  private static final int IN = 0x41;
  private static final int OUT = 0x104;
  private static final int ERR = 0x8;
  private static final int HUP = 0x10;
  private static final int RDHUP = 0x2000;
  private static final int SO_REUSEADDR = 2;
  private static final int SO_REUSEPORT = 15;
  private static final int SO_LINGER = 13;

  private final TestNetwork net = new TestNetwork();

  private static int port(SocketDescription socket) {
    return ((InternetAddress) socket.localAddress()).port();
  }

  private SocketDescription nonBlocking() {
    return net.network.create(net.user(), SocketAddress.AF_INET, 1 | OpenFlags.O_NONBLOCK, 0);
  }

  // ---- connecting -------------------------------------------------------------------------------

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 127.0.0.1",
    "0.0.0.0, 127.0.0.1, 127.0.0.1",
    "0.0.0.0, 127.9.9.9, 127.0.0.1",
    "127.0.0.1, 0.0.0.0, 127.0.0.1",
    "::1, ::1, ::1",
    "::, ::1, ::1",
    "::, ::ffff:127.0.0.1, ::ffff:127.0.0.1",
    "::, 127.0.0.1, 127.0.0.1",
  })
  void bytes_go_both_ways_and_both_know_who_they_are(String bound, String target, String source) {
    SocketDescription listener = net.listener(at(bound, 0), 5);
    SocketDescription client = net.socket(at(target, 0).family(), 1);
    client.connect(net.user(), at(target, port(listener)));
    assertThat(listener.poll()).isEqualTo(IN);
    SocketDescription server = net.listener(at(bound, 0), 1);
    server.release();
    server = listener.accept(net.task, 0);
    assertThat(client.localAddress()).isEqualTo(at(source, port(client)));
    assertThat(((InternetAddress) server.peerAddress()).port()).isEqualTo(port(client));
    assertThat(server.domain()).isEqualTo(listener.domain());
    assertThat(port(server)).isEqualTo(port(listener));
    assertThat(net.send(client, "hello")).isEqualTo(5);
    assertThat(net.send(server, "hi")).isEqualTo(2);
    assertThat(server.available()).isEqualTo(5);
    assertThat(net.receive(server)).isEqualTo("hello");
    assertThat(net.receive(client)).isEqualTo("hi");
    assertThat(client.poll()).isEqualTo(OUT);
    assertFails(EAGAIN, () -> net.receive(client));
  }

  @Test
  void a_port_where_nobody_listens_refuses() {
    SocketDescription client = net.tcp();
    assertThat(client.poll()).isEqualTo(OUT | HUP);
    assertFails(ECONNREFUSED, () -> client.connect(net.user(), at("127.0.0.1", 9)));
    assertThat(client.poll()).isEqualTo(OUT | HUP);
    assertThat(TestNetwork.error(client)).isZero();
    assertFails(ENOTCONN, client::peerAddress);
    assertFails(ENOTCONN, () -> net.receive(client));
    assertFails(EPIPE, () -> net.send(client, "x"));
  }

  @Test
  void a_nonblocking_connect_is_in_progress_until_it_is_asked_about() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 1);
    SocketDescription client = nonBlocking();
    SocketAddress there = listener.localAddress();
    assertFails(EINPROGRESS, () -> client.connect(net.user(), there));
    assertThat(client.poll()).isEqualTo(OUT);
    assertThat(TestNetwork.error(client)).isZero();
    client.connect(net.user(), there);
    assertFails(EISCONN, () -> client.connect(net.user(), there));
  }

  @Test
  void a_nonblocking_connect_that_is_refused_tells_so_once() {
    SocketDescription client = nonBlocking();
    assertFails(EINPROGRESS, () -> client.connect(net.user(), at("127.0.0.1", 9)));
    assertThat(client.poll()).isEqualTo(IN | OUT | ERR | HUP | RDHUP);
    assertThat(TestNetwork.error(client)).isEqualTo(ECONNREFUSED.number());
    assertThat(client.poll()).isEqualTo(IN | OUT | HUP | RDHUP);
    assertFails(ECONNABORTED, () -> client.connect(net.user(), at("127.0.0.1", 9)));
    assertFails(EINPROGRESS, () -> client.connect(net.user(), at("127.0.0.1", 9)));
    assertFails(ECONNREFUSED, () -> client.connect(net.user(), at("127.0.0.1", 9)));
  }

  @Test
  void who_finds_the_backlog_full_waits_for_an_accept() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 0);
    SocketAddress there = listener.localAddress();
    net.tcp().connect(net.user(), there);
    SocketDescription impatient = nonBlocking();
    assertFails(EINPROGRESS, () -> impatient.connect(net.user(), there));
    assertFails(EALREADY, () -> impatient.connect(net.user(), there));
    assertThat(impatient.poll()).isZero();
    SocketDescription patient = net.tcp();
    Guest<Void> waiting =
        Guest.startBlocked(task -> {
          patient.connect(net.caller(task, Credentials.root()), there);
          return null;
        });
    listener.accept(net.task, 0);
    assertThat(impatient.poll()).isEqualTo(OUT);
    waiting.assertStaysBlocked();
    listener.accept(net.task, 0);
    waiting.result();
    assertThat(patient.peerAddress()).isEqualTo(there);
  }

  @Test
  void closing_the_listener_refuses_who_waits_and_resets_who_was_not_accepted() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 0);
    SocketAddress there = listener.localAddress();
    SocketDescription joined = net.tcp();
    joined.connect(net.user(), there);
    SocketDescription waiting = net.tcp();
    Guest<Void> connecting =
        Guest.startBlocked(task -> {
          waiting.connect(net.caller(task, Credentials.root()), there);
          return null;
        });
    listener.release();
    assertFails(ECONNREFUSED, connecting::result);
    assertFails(ECONNRESET, () -> net.receive(joined));
    assertThat(net.receive(joined)).isEmpty();
    joined.release();
    waiting.release();
    assertThat(net.sockets.used()).isZero();
  }

  @Test
  void a_signal_interrupts_accept_and_connect_and_receive() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 0);
    Guest<SocketDescription> accepting = Guest.startBlocked(task -> listener.accept(task, 0));
    accepting.signal();
    assertFails(EINTR, accepting::result);
    net.tcp().connect(net.user(), listener.localAddress());
    SocketDescription client = net.tcp();
    Guest<Void> connecting =
        Guest.startBlocked(task -> {
          client.connect(net.caller(task, Credentials.root()), listener.localAddress());
          return null;
        });
    connecting.signal();
    assertFails(EINTR, connecting::result);
    listener.accept(net.task, 0);
    client.connect(net.user(), listener.localAddress());
    Guest<String> receiving =
        Guest.startBlocked(
            task -> Integer.toString(client.receive(task, new byte[1], 0, 1, 0, null)));
    receiving.signal();
    assertFails(EINTR, receiving::result);
  }

  @Test
  void a_socket_can_meet_itself() {
    SocketDescription socket = net.tcp();
    socket.bind(net.user(), at("127.0.0.1", 0));
    socket.connect(net.user(), socket.localAddress());
    assertThat(net.send(socket, "echo")).isEqualTo(4);
    assertThat(net.receive(socket)).isEqualTo("echo");
    assertThat(socket.peerAddress()).isEqualTo(socket.localAddress());
    socket.release();
    assertThat(net.sockets.used()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"10.0.0.1", "8.8.8.8", "255.255.255.255", "169.254.169.254", "224.0.0.1"})
  void there_is_no_way_out_of_the_machine(String ip) {
    assertFails(ENETUNREACH, () -> net.tcp().connect(net.user(), at(ip, 80)));
    assertFails(ENETUNREACH, () -> net.udp().connect(net.user(), at(ip, 53)));
    assertFails(ENETUNREACH, () -> net.sendTo(net.udp(), "x", at(ip, 53)));
    assertFails(EADDRNOTAVAIL, () -> net.tcp().bind(net.user(), at(ip, 0)));
    SocketDescription six = net.socket(SocketAddress.AF_INET6, 1);
    assertFails(ENETUNREACH, () -> six.connect(net.user(), at("::ffff:" + ip, 80)));
    assertFails(ENETUNREACH, () -> six.connect(net.user(), at("2001:db8::1", 80)));
    assertFails(EADDRNOTAVAIL, () -> six.bind(net.user(), at("fe80::1", 80 + 8000)));
  }

  @Test
  void addresses_of_the_other_family_are_refused() {
    assertFails(EAFNOSUPPORT, () -> net.tcp().connect(net.user(), at("::1", 80)));
    assertFails(EAFNOSUPPORT, () -> net.tcp().bind(net.user(), UnixAddress.UNNAMED));
    SocketDescription six = net.socket(SocketAddress.AF_INET6, 1);
    assertFails(EAFNOSUPPORT, () -> six.connect(net.user(), at("127.0.0.1", 80)));
    set(six, 41, 26, 1);
    assertFails(ENETUNREACH, () -> six.connect(net.user(), at("::ffff:127.0.0.1", 80)));
    assertFails(EINVAL, () -> six.bind(net.user(), at("::ffff:127.0.0.1", 8080)));
  }

  // ---- ports ------------------------------------------------------------------------------------

  @Test
  void low_ports_are_for_the_superuser() {
    assertFails(EACCES, () -> net.tcp().bind(net.user(), at("127.0.0.1", 80)));
    net.tcp().bind(net.root(), at("127.0.0.1", 80));
    net.tcp().bind(net.user(), at("127.0.0.1", 1024));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, false, true",
    "127.0.0.1, 127.0.0.2, false, false",
    "0.0.0.0, 127.0.0.2, false, true",
    "127.0.0.2, 0.0.0.0, false, true",
    "::, 127.0.0.1, false, true",
    "::, 0.0.0.0, false, true",
    "0.0.0.0, ::, false, true",
    "::, 0.0.0.0, true, false",
    "0.0.0.0, ::1, false, false",
    "::1, ::, false, true",
    "::ffff:127.0.0.1, 127.0.0.1, false, true",
  })
  void what_overlaps_is_in_use(String first, String second, boolean sixOnly, boolean conflict) {
    SocketDescription one = net.socket(at(first, 0).family(), 1);
    if (sixOnly) {
      set(one, 41, 26, 1);
    }
    one.bind(net.user(), at(first, 8080));
    SocketDescription other = net.socket(at(second, 0).family(), 1);
    if (conflict) {
      assertFails(EADDRINUSE, () -> other.bind(net.user(), at(second, 8080)));
      one.release();
    }
    other.bind(net.user(), at(second, 8080));
    assertFails(EINVAL, () -> other.bind(net.user(), at(second, 8081)));
  }

  @Test
  void a_port_of_connections_is_free_for_those_who_reuse_addresses() {
    SocketDescription listener = net.tcp();
    set(listener, 1, SO_REUSEADDR, 1);
    listener.bind(net.user(), at("127.0.0.1", 8080));
    listener.listen(net.user(), 5);
    net.tcp().connect(net.user(), listener.localAddress());
    SocketDescription kept = listener.accept(net.task, 0);
    SocketDescription next = net.tcp();
    set(next, 1, SO_REUSEADDR, 1);
    assertFails(EADDRINUSE, () -> next.bind(net.user(), at("127.0.0.1", 8080)));
    listener.release();
    assertFails(EADDRINUSE, () -> net.tcp().bind(net.user(), at("127.0.0.1", 8080)));
    next.bind(net.user(), at("127.0.0.1", 8080));
    next.listen(net.user(), 5);
    kept.release();
  }

  @Test
  void two_that_reuse_an_address_cannot_both_listen() {
    SocketDescription one = net.tcp();
    SocketDescription other = net.tcp();
    set(one, 1, SO_REUSEADDR, 1);
    set(other, 1, SO_REUSEADDR, 1);
    one.bind(net.user(), at("127.0.0.1", 8080));
    other.bind(net.user(), at("127.0.0.1", 8080));
    one.listen(net.user(), 1);
    assertFails(EADDRINUSE, () -> other.listen(net.user(), 1));
  }

  @Test
  void listeners_that_reuse_a_port_share_the_connections_of_one_user() {
    List<SocketDescription> listeners = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      SocketDescription listener = net.tcp();
      set(listener, 1, SO_REUSEPORT, 1);
      listener.bind(net.user(), at("127.0.0.1", 8080));
      listener.listen(net.user(), 5);
      listeners.add(listener);
    }
    for (int i = 0; i < 4; i++) {
      net.tcp().connect(net.user(), at("127.0.0.1", 8080));
    }
    assertThat(listeners).allMatch(listener -> listener.poll() == IN);
    SocketDescription stranger = net.network.create(net.root(), SocketAddress.AF_INET, 1, 0);
    set(stranger, 1, SO_REUSEPORT, 1);
    assertFails(EADDRINUSE, () -> stranger.bind(net.root(), at("127.0.0.1", 8080)));
  }

  @Test
  void chosen_ports_are_in_the_range_and_differ() {
    List<Integer> ports = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SocketDescription socket = net.tcp();
      socket.bind(net.user(), at("127.0.0.1", 0));
      ports.add(port(socket));
    }
    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port >= 32768 && port <= 60999);
  }

  @Test
  void the_exact_address_wins_over_the_wildcard() {
    SocketDescription any = net.tcp();
    set(any, 1, SO_REUSEPORT, 1);
    any.bind(net.user(), at("0.0.0.0", 8080));
    any.listen(net.user(), 5);
    SocketDescription exact = net.tcp();
    set(exact, 1, SO_REUSEPORT, 1);
    exact.bind(net.user(), at("127.0.0.1", 8080));
    exact.listen(net.user(), 5);
    net.tcp().connect(net.user(), at("127.0.0.1", 8080));
    assertThat(exact.poll()).isEqualTo(IN);
    assertThat(any.poll()).isZero();
  }

  // ---- the end ----------------------------------------------------------------------------------

  @Test
  void a_half_closed_connection_still_sends_the_other_way() {
    SocketPair pair = net.connection();
    pair.first().shutdown(SocketDescription.SHUT_WR);
    assertFails(EPIPE, () -> net.send(pair.first(), "x"));
    assertThat(pair.second().poll()).isEqualTo(IN | OUT | RDHUP);
    assertThat(net.receive(pair.second())).isEmpty();
    assertThat(net.send(pair.second(), "still")).isEqualTo(5);
    assertThat(net.receive(pair.first())).isEqualTo("still");
    pair.second().release();
    assertThat(pair.first().poll()).isEqualTo(IN | OUT | HUP | RDHUP);
    assertThat(net.receive(pair.first())).isEmpty();
  }

  @Test
  void what_was_sent_before_closing_arrives_and_then_the_end() {
    SocketPair pair = net.connection();
    net.send(pair.first(), "last words");
    pair.first().release();
    assertThat(net.receive(pair.second())).isEqualTo("last words");
    assertThat(net.receive(pair.second())).isEmpty();
    assertThat(net.receive(pair.second())).isEmpty();
  }

  @Test
  void sending_to_a_closed_socket_works_once_and_then_breaks_the_pipe() {
    SocketPair pair = net.connection();
    pair.first().release();
    assertThat(net.send(pair.second(), "x")).isEqualTo(1);
    assertThat(net.task.brokenPipes()).isZero();
    assertFails(EPIPE, () -> net.send(pair.second(), "x"));
    assertThat(net.task.brokenPipes()).isEqualTo(1);
    assertThat(net.receive(pair.second())).isEmpty();
  }

  @Test
  void closing_with_unread_bytes_resets_the_connection() {
    SocketPair pair = net.connection();
    net.send(pair.first(), "unread");
    net.send(pair.second(), "answer");
    pair.second().release();
    assertThat(pair.first().poll()).isEqualTo(IN | OUT | ERR | HUP | RDHUP);
    assertThat(net.receive(pair.first())).isEqualTo("answer");
    assertFails(ECONNRESET, () -> net.receive(pair.first()));
    assertThat(net.receive(pair.first())).isEmpty();
    assertFails(EPIPE, () -> net.send(pair.first(), "x"));
    assertFails(ENOTCONN, () -> pair.first().peerAddress());
  }

  @Test
  void lingering_for_no_time_resets_the_connection() {
    SocketPair pair = net.connection();
    set(pair.first(), 1, SO_LINGER, 1, 0);
    pair.first().release();
    assertFails(ECONNRESET, () -> net.send(pair.second(), "x"));
    assertThat(net.task.brokenPipes()).isZero();
    assertFails(EPIPE, () -> net.send(pair.second(), "x"));
  }

  @Test
  void receiving_no_more_leaves_the_other_side_alone() {
    SocketPair pair = net.connection();
    pair.first().shutdown(SocketDescription.SHUT_RD);
    assertThat(net.receive(pair.first())).isEmpty();
    assertThat(pair.second().poll()).isEqualTo(OUT);
    assertThat(net.send(pair.second(), "x")).isEqualTo(1);
    assertThat(net.receive(pair.first())).isEqualTo("x");
  }

  @Test
  void a_listener_that_is_shut_down_wakes_who_accepts() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 1);
    Guest<SocketDescription> accepting = Guest.startBlocked(task -> listener.accept(task, 0));
    listener.shutdown(SocketDescription.SHUT_RD);
    assertFails(EINVAL, accepting::result);
    assertFails(ECONNREFUSED, () -> net.tcp().connect(net.user(), listener.localAddress()));
  }

  @Test
  void a_blocked_sender_goes_on_when_there_is_room_and_ends_with_the_connection() {
    SocketPair pair = net.connection();
    byte[] much = new byte[100_000];
    Guest<Integer> sending =
        Guest.startBlocked(task -> pair.first().send(task, much, 0, much.length, 0, List.of()));
    assertThat(pair.second().receive(net.task, much, 0, 50_000, 0x100, null)).isEqualTo(50_000);
    assertThat(sending.result()).isEqualTo(100_000);
    Guest<Integer> stuck =
        Guest.startBlocked(task -> pair.first().send(task, much, 0, much.length, 0, List.of()));
    pair.second().release();
    assertThat(stuck.result()).isBetween(1, 99_999);
  }

  // ---- limits -----------------------------------------------------------------------------------

  @Test
  void a_flood_of_sockets_and_connections_ends_at_the_limit() {
    SocketDescription listener = net.listener(at("127.0.0.1", 0), 4096);
    List<SocketDescription> open = new ArrayList<>(List.of(listener));
    assertFails(
        ENFILE,
        () -> {
          while (true) {
            SocketDescription client = net.tcp();
            open.add(client);
            client.connect(net.user(), listener.localAddress());
          }
        });
    assertThat(net.sockets.used()).isLessThanOrEqualTo(TestNetwork.SOCKETS);
    open.forEach(SocketDescription::release);
    assertThat(net.sockets.used()).isZero();
    assertThat(net.table.bufferedBytes()).isZero();
  }

  @Test
  void a_flood_of_bytes_ends_at_the_limit_of_the_machine() {
    List<SocketPair> pairs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      SocketPair pair = net.connection();
      set(pair.second(), 1, 8, 1 << 30);
      pairs.add(pair);
    }
    byte[] much = new byte[1 << 20];
    for (SocketPair pair : pairs) {
      try {
        pair.first().send(net.task, much, 0, much.length, MessageFlags.MSG_DONTWAIT, List.of());
      } catch (io.vivarium.kernel.errno.ErrnoException full) {
        assertThat(full).isSameAs(EAGAIN.exception());
      }
    }
    assertThat(net.table.bufferedBytes()).isLessThanOrEqualTo(TestNetwork.BYTES);
    pairs.forEach(pair -> {
      pair.first().release();
      pair.second().release();
    });
    assertThat(net.table.bufferedBytes()).isZero();
  }

  // ---- permissions ------------------------------------------------------------------------------

  @Test
  void mapped_and_wildcard_addresses_do_not_get_around_a_denial() {
    TestNetwork strict =
        new TestNetwork((operation, object) -> {
          if (object.equals("tcp:127.0.0.1:8080")) {
            throw EACCES.exception();
          }
        });
    for (String ip : List.of("127.0.0.1", "0.0.0.0", "::ffff:127.0.0.1", "::")) {
      SocketDescription socket = strict.socket(at(ip, 0).family(), 1);
      assertFails(EACCES, () -> socket.bind(strict.user(), at(ip, 8080)));
      SocketDescription client = strict.socket(at(ip, 0).family(), 1);
      if (!ip.equals("::")) {
        assertFails(EACCES, () -> client.connect(strict.user(), at(ip, 8080)));
      }
    }
    SocketDescription six = strict.socket(SocketAddress.AF_INET6, 1);
    set(six, 41, 26, 1);
    six.bind(strict.user(), at("::", 8080));
  }

  @Test
  void listening_without_binding_is_asked_about_also_after_a_failed_connect() {
    TestNetwork strict =
        new TestNetwork((operation, object) -> {
          if (operation == NetworkGate.Operation.LISTEN) {
            throw EACCES.exception();
          }
        });
    assertFails(EACCES, () -> strict.tcp().listen(strict.user(), 1));
    SocketDescription client = strict.tcp();
    assertFails(ECONNREFUSED, () -> client.connect(strict.user(), at("127.0.0.1", 9)));
    assertFails(EACCES, () -> client.listen(strict.user(), 1));
    assertFails(EACCES, () -> strict.tcp().bind(strict.user(), at("127.0.0.1", 0)));
  }
}
