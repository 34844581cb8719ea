package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.ECONNREFUSED;
import static io.vivarium.kernel.errno.Errno.ECONNRESET;
import static io.vivarium.kernel.errno.Errno.EDOM;
import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMSGSIZE;
import static io.vivarium.kernel.errno.Errno.ENOBUFS;
import static io.vivarium.kernel.errno.Errno.ENOPROTOOPT;
import static io.vivarium.kernel.errno.Errno.ENOTCONN;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPIPE;
import static io.vivarium.kernel.errno.Errno.EPROTONOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EPROTOTYPE;
import static io.vivarium.kernel.errno.Errno.ESPIPE;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.net.MessageFlags.MSG_CTRUNC;
import static io.vivarium.kernel.net.MessageFlags.MSG_DONTWAIT;
import static io.vivarium.kernel.net.MessageFlags.MSG_NOSIGNAL;
import static io.vivarium.kernel.net.MessageFlags.MSG_PEEK;
import static io.vivarium.kernel.net.MessageFlags.MSG_TRUNC;
import static io.vivarium.kernel.net.MessageFlags.MSG_WAITALL;
import static io.vivarium.kernel.net.SocketDescription.SHUT_RD;
import static io.vivarium.kernel.net.SocketDescription.SHUT_RDWR;
import static io.vivarium.kernel.net.SocketDescription.SHUT_WR;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.file.PipeReaders;
import io.vivarium.kernel.file.PipeTable;
import io.vivarium.kernel.file.Whence;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.TestTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Local socket pairs; what Linux answers was tried on a host. */
class SocketPairTest {
  private static final int IN = 0x41;
  private static final int OUT = 0x104;
  private static final int ERR = 0x8;
  private static final int HUP = 0x10;
  private static final int RDHUP = 0x2000;

  private final TestTask task = TestTask.here();
  private final CountLimit sockets = new CountLimit(8, EAGAIN);
  private final CountLimit passing = new CountLimit(600, ENOBUFS);
  private final SocketTable table = new SocketTable(sockets, passing, bytes(1 << 20));
  private final PipeTable pipes = new PipeTable(new CountLimit(100, EAGAIN), PipeReaders.UNKNOWN);

  private SocketDescription a;
  private SocketDescription b;

  private void pair(SocketType type) {
    SocketPair pair = table.createPair(SocketAddress.AF_UNIX, type.number(), 0, 7, 8);
    a = pair.first();
    b = pair.second();
  }

  private int send(SocketDescription from, String text) {
    return send(task, from, text, MSG_DONTWAIT, List.of());
  }

  private static int send(
      TestTask by, SocketDescription from, String text, int flags, List<FileDescription> rights) {
    return from.send(by, text.getBytes(US_ASCII), 0, text.length(), flags, rights);
  }

  private int send(SocketDescription from, String text, FileDescription... rights) {
    return send(task, from, text, MSG_DONTWAIT, List.of(rights));
  }

  private String receive(SocketDescription to, int length) {
    return receive(task, to, length, MSG_DONTWAIT, null);
  }

  private static String receive(
      TestTask by, SocketDescription to, int length, int flags, Envelope envelope) {
    byte[] buffer = new byte[length];
    int count = to.receive(by, buffer, 0, length, flags, envelope);
    return new String(buffer, 0, Math.min(count, length), US_ASCII);
  }

  private Envelope open(SocketDescription to, int length, String expected) {
    Envelope envelope = new Envelope(100);
    assertThat(receive(task, to, length, MSG_DONTWAIT, envelope)).isEqualTo(expected);
    return envelope;
  }

  private int error(SocketDescription socket) {
    return socket.option(1, 4)[0] & 0xff;
  }

  // ---- every type -------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void both_directions_work_and_readiness_shows_it(SocketType type) {
    pair(type);
    assertThat(a.poll()).isEqualTo(OUT);
    assertThat(send(a, "abc")).isEqualTo(3);
    assertThat(b.poll()).isEqualTo(IN | OUT);
    assertThat(send(b, "back")).isEqualTo(4);
    assertThat(receive(b, 10)).isEqualTo("abc");
    assertThat(receive(a, 10)).isEqualTo("back");
    assertFails(EAGAIN, () -> receive(a, 10));
    assertThat(a.peerAddress()).isEqualTo(UnixAddress.UNNAMED);
    assertThat(a.localAddress()).isEqualTo(UnixAddress.UNNAMED);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void sockets_look_like_sockets(SocketType type) {
    pair(type);
    assertThat(a.inode().mode()).isEqualTo(0140777);
    assertThat(a.inode().type()).isEqualTo(FileType.SOCKET);
    assertThat(a.inode().uid()).isEqualTo(7);
    assertThat(a.inode().gid()).isEqualTo(8);
    assertThat(a.inode()).isNotSameAs(b.inode());
    assertThat(a.anonymousName()).isEqualTo("socket:[" + a.inode().ino() + "]");
    assertThat(a.type()).isEqualTo(type);
    assertThat(a.flags()).isEqualTo(OpenFlags.O_RDWR);
    assertFails(ESPIPE, () -> a.seek(0, Whence.SET));
    assertThat(a.option(1, 3)[0]).isEqualTo((byte) type.number());
    assertThat(a.option(1, 39)[0]).isEqualTo((byte) 1);
    assertThat(a.option(1, 38)[0]).isZero();
    assertThat(a.option(1, 30)[0]).isZero();
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void receiving_waits_for_something_sent(SocketType type) {
    pair(type);
    Guest<String> receiver = Guest.startBlocked(t -> receive(t, b, 10, 0, null));
    send(a, "late");
    assertThat(receiver.result()).isEqualTo("late");
    Guest<String> interrupted = Guest.startBlocked(t -> receive(t, b, 10, 0, null));
    interrupted.signal();
    assertFails(EINTR, interrupted::result);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void sending_waits_for_room(SocketType type) {
    pair(type);
    String chunk = "x".repeat(1000);
    fill(chunk);
    assertThat(a.poll() & OUT).isZero();
    Guest<Integer> sender = Guest.startBlocked(t -> send(t, a, "last", 0, List.of()));
    sender.assertStaysBlocked();
    receive(b, 60_000);
    receive(b, 60_000);
    assertThat(sender.result()).isEqualTo(4);
    fill(chunk);
    Guest<Integer> interrupted = Guest.startBlocked(t -> send(t, a, chunk, 0, List.of()));
    interrupted.signal();
    assertFails(EINTR, interrupted::result);
  }

  private void fill(String chunk) {
    for (String text : List.of(chunk, "x")) {
      try {
        while (send(a, text) == text.length()) {
          assertThat(table.bufferedBytes()).isLessThan(300_000);
        }
      } catch (ErrnoException full) {
        assertThat(full.errno()).isEqualTo(EAGAIN);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void read_and_write_are_receive_and_send(SocketType type) {
    pair(type);
    assertThat(a.write(task, new byte[] {1, 2}, 0, 2)).isEqualTo(2);
    byte[] buffer = new byte[10];
    assertThat(b.read(task, buffer, 3, 7)).isEqualTo(2);
    assertThat(buffer).startsWith(0, 0, 0, 1, 2, 0);
    assertThat(b.read(task, buffer, 0, 0)).isZero();
    b.setStatusFlags(OpenFlags.O_NONBLOCK);
    assertFails(EAGAIN, () -> b.read(task, buffer, 0, 10));
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void peeking_leaves_everything_there(SocketType type) {
    pair(type);
    send(a, "abcdef");
    assertThat(receive(task, b, 3, MSG_PEEK, null)).isEqualTo("abc");
    assertThat(receive(task, b, 10, MSG_PEEK, null)).isEqualTo("abcdef");
    assertThat(receive(b, 10)).isEqualTo("abcdef");
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void a_receive_timeout_ends_in_eagain(SocketType type) {
    pair(type);
    byte[] timeval = new byte[16];
    timeval[9] = 0x27;
    b.setOption(1, 20, timeval);
    assertThat(b.option(1, 20)).isEqualTo(timeval);
    assertFails(EAGAIN, () -> receive(task, b, 10, 0, null));
    timeval[12] = 1;
    assertFails(EDOM, () -> b.setOption(1, 20, timeval));
    assertFails(EINVAL, () -> b.setOption(1, 20, new byte[8]));
    assertFails(ENOPROTOOPT, () -> b.setOption(1, 9999, new byte[4]));
    assertFails(ENOPROTOOPT, () -> b.option(1, 9999));
    assertFails(EOPNOTSUPP, () -> b.option(6, 1));
    b.setOption(1, 9, new byte[] {1, 0, 0, 0});
    assertThat(b.option(1, 9)[0]).isEqualTo((byte) 1);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void what_pairs_cannot_do_is_refused(SocketType type) {
    pair(type);
    Caller caller = new TestNetwork().user();
    var never = type == SocketType.DATAGRAM ? EOPNOTSUPP : EINVAL;
    assertFails(never, () -> a.listen(caller, 1));
    assertFails(never, () -> a.accept(task, 0));
    assertFails(EINVAL, () -> a.connect(caller, UnixAddress.UNNAMED));
    assertFails(EINVAL, () -> a.shutdown(3));
    assertFails(EINVAL, () -> a.shutdown(-1));
  }

  // ---- streams ----------------------------------------------------------------------------------

  @Test
  void a_stream_has_no_boundaries() {
    pair(SocketType.STREAM);
    send(a, "abc");
    send(a, "def");
    assertThat(send(a, "")).isZero();
    assertThat(receive(b, 4)).isEqualTo("abcd");
    assertThat(receive(b, 10)).isEqualTo("ef");
    send(a, "xyz");
    assertThat(b.receive(task, new byte[2], 0, 2, MSG_TRUNC, null)).isEqualTo(2);
    Envelope envelope = open(b, 10, "z");
    assertThat(envelope.flags()).isZero();
    assertThat(envelope.fullLength()).isEqualTo(1);
  }

  @Test
  void a_stream_carries_any_amount() {
    pair(SocketType.STREAM);
    byte[] sent = new byte[500_000];
    new Random(5).nextBytes(sent);
    Guest<Integer> sender = Guest.start(t -> a.write(t, sent, 0, sent.length));
    byte[] received = new byte[sent.length];
    int count = 0;
    while (count < sent.length) {
      count += b.read(task, received, count, Math.min(7777, sent.length - count));
    }
    assertThat(sender.result()).isEqualTo(sent.length);
    assertThat(received).isEqualTo(sent);
    assertThat(table.bufferedBytes()).isZero();
  }

  @Test
  void waitall_waits_until_the_buffer_is_full_or_the_stream_ends() {
    pair(SocketType.STREAM);
    send(a, "abc");
    assertThat(receive(task, b, 10, MSG_WAITALL | MSG_DONTWAIT, null)).isEqualTo("abc");
    Guest<String> receiver = Guest.startBlocked(t -> receive(t, b, 6, MSG_WAITALL, null));
    send(a, "abc");
    receiver.assertStaysBlocked();
    send(a, "defg");
    assertThat(receiver.result()).isEqualTo("abcdef");
    Guest<String> ended = Guest.startBlocked(t -> receive(t, b, 6, MSG_WAITALL, null));
    a.release();
    assertThat(ended.result()).isEqualTo("g");
  }

  @Test
  void a_signal_ends_waitall_with_what_there_is() {
    pair(SocketType.STREAM);
    Guest<String> receiver = Guest.startBlocked(t -> receive(t, b, 6, MSG_WAITALL, null));
    send(a, "abc");
    receiver.assertStaysBlocked();
    receiver.signal();
    assertThat(receiver.result()).isEqualTo("abc");
  }

  @Test
  void a_nonblocking_stream_sends_what_fits() {
    pair(SocketType.STREAM);
    assertThat(send(a, "x".repeat(400_000))).isEqualTo(ByteQueue.CAPACITY);
    assertFails(EAGAIN, () -> send(a, "x"));
    receive(b, 100);
    assertThat(send(a, "x".repeat(1000))).isEqualTo(100);
  }

  @Test
  void sending_to_a_closed_stream_raises_sigpipe_unless_unwanted() {
    pair(SocketType.STREAM);
    b.release();
    assertFails(EPIPE, () -> send(a, "x"));
    assertThat(task.brokenPipes()).isEqualTo(1);
    assertFails(EPIPE, () -> send(task, a, "x", MSG_NOSIGNAL, List.of()));
    assertThat(task.brokenPipes()).isEqualTo(1);
    assertThat(a.poll()).isEqualTo(IN | OUT | HUP | RDHUP);
    assertThat(receive(a, 10)).isEmpty();
  }

  @Test
  void closing_a_stream_with_unread_bytes_resets_the_peer_after_what_it_can_still_read() {
    pair(SocketType.STREAM);
    send(b, "zz");
    send(a, "abc");
    a.release();
    assertThat(b.poll()).isEqualTo(IN | OUT | HUP | ERR | RDHUP);
    assertThat(receive(b, 10)).isEqualTo("abc");
    assertFails(ECONNRESET, () -> receive(b, 10));
    assertThat(receive(b, 10)).isEmpty();
    assertThat(b.poll()).isEqualTo(IN | OUT | HUP | RDHUP);
  }

  @Test
  void the_pending_error_can_be_asked_for_once() {
    pair(SocketType.STREAM);
    send(b, "zz");
    a.release();
    assertFails(EPIPE, () -> send(b, "q"));
    assertThat(error(b)).isEqualTo(104);
    assertThat(error(b)).isZero();
  }

  @Test
  void a_sender_blocked_in_the_middle_of_a_stream_learns_that_the_peer_closed() {
    pair(SocketType.STREAM);
    Guest<Integer> sender = Guest.startBlocked(t -> send(t, a, "x".repeat(100_000), 0, List.of()));
    b.release();
    assertThat(sender.result()).isEqualTo(ByteQueue.CAPACITY);
    assertThat(sender.task().brokenPipes()).isZero();
  }

  // ---- messages ---------------------------------------------------------------------------------

  @ParameterizedTest
  @EnumSource(names = {"DATAGRAM", "SEQUENCED_PACKET"})
  void messages_keep_their_boundaries_and_lose_what_does_not_fit(SocketType type) {
    pair(type);
    send(a, "abcdef");
    send(a, "");
    send(a, "xyz");
    assertThat(b.receive(task, new byte[3], 0, 3, MSG_TRUNC, null)).isEqualTo(6);
    assertThat(receive(b, 10)).isEmpty();
    Envelope envelope = open(b, 2, "xy");
    assertThat(envelope.flags()).isEqualTo(MSG_TRUNC);
    assertThat(envelope.fullLength()).isEqualTo(3);
    assertFails(EAGAIN, () -> receive(b, 10));
  }

  @ParameterizedTest
  @EnumSource(names = {"DATAGRAM", "SEQUENCED_PACKET"})
  void a_message_that_can_never_fit_is_emsgsize(SocketType type) {
    pair(type);
    assertFails(EMSGSIZE, () -> send(a, "x".repeat(212_961)));
    assertThat(send(a, "x".repeat(212_960))).isEqualTo(212_960);
    assertFails(EAGAIN, () -> send(a, "x"));
    assertThat(receive(b, 300_000)).hasSize(212_960);
    assertThat(table.bufferedBytes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"DATAGRAM", "SEQUENCED_PACKET"})
  void empty_messages_do_not_pile_up_without_end(SocketType type) {
    pair(type);
    int count = 0;
    try {
      while (count < 100_000) {
        send(a, "");
        count = count + 1;
      }
    } catch (ErrnoException full) {
      assertThat(full.errno()).isEqualTo(EAGAIN);
    }
    assertThat(count).isLessThan(1000);
  }

  @Test
  void a_datagram_socket_whose_peer_closed_reads_on_and_is_refused_once() {
    pair(SocketType.DATAGRAM);
    send(a, "abc");
    a.release();
    assertThat(b.poll()).isEqualTo(IN | OUT);
    assertThat(receive(b, 10)).isEqualTo("abc");
    assertFails(EAGAIN, () -> receive(b, 10));
    assertFails(ECONNREFUSED, () -> send(b, "x"));
    assertFails(ENOTCONN, () -> send(b, "x"));
    assertFails(ENOTCONN, b::peerAddress);
    assertThat(task.brokenPipes()).isZero();
    assertThat(b.poll()).isEqualTo(OUT);
  }

  @Test
  void a_packet_socket_reports_the_reset_first() {
    pair(SocketType.SEQUENCED_PACKET);
    send(b, "zz");
    send(a, "abc");
    a.release();
    assertFails(ECONNRESET, () -> receive(b, 10));
    assertThat(receive(b, 10)).isEqualTo("abc");
    assertThat(receive(b, 10)).isEmpty();
    assertFails(EPIPE, () -> send(b, "x"));
    assertThat(task.brokenPipes()).isZero();
    pair(SocketType.SEQUENCED_PACKET);
    send(b, "zz");
    a.release();
    assertFails(ECONNRESET, () -> send(b, "x"));
    assertFails(EPIPE, () -> send(b, "x"));
  }

  // ---- shutdown ---------------------------------------------------------------------------------

  @Test
  void a_connection_that_sends_no_more_is_still_read_from() {
    for (SocketType type : List.of(SocketType.STREAM, SocketType.SEQUENCED_PACKET)) {
      pair(type);
      send(a, "abc");
      a.shutdown(SHUT_WR);
      assertThat(a.poll()).isEqualTo(OUT);
      assertThat(b.poll()).isEqualTo(IN | OUT | RDHUP);
      assertFails(EPIPE, () -> send(a, "x"));
      assertThat(receive(b, 10)).isEqualTo("abc");
      assertThat(receive(b, 10)).isEmpty();
      send(b, "y");
      assertThat(receive(a, 10)).isEqualTo("y");
    }
  }

  @Test
  void a_connection_that_receives_no_more_reads_what_is_there() {
    for (SocketType type : List.of(SocketType.STREAM, SocketType.SEQUENCED_PACKET)) {
      pair(type);
      send(b, "abc");
      a.shutdown(SHUT_RD);
      assertThat(a.poll()).isEqualTo(IN | OUT | RDHUP);
      assertThat(b.poll()).isEqualTo(OUT);
      assertThat(receive(a, 10)).isEqualTo("abc");
      assertThat(receive(a, 10)).isEmpty();
      assertFails(EPIPE, () -> send(b, "x"));
      assertFails(EAGAIN, () -> receive(b, 1));
    }
  }

  @Test
  void shutdown_of_datagrams_concerns_one_side() {
    pair(SocketType.DATAGRAM);
    send(a, "abc");
    a.shutdown(SHUT_WR);
    assertFails(EPIPE, () -> send(a, "x"));
    assertThat(receive(b, 10)).isEqualTo("abc");
    assertFails(EAGAIN, () -> receive(b, 10));
    a.shutdown(SHUT_RD);
    assertThat(a.poll()).isEqualTo(IN | OUT | HUP | RDHUP);
    assertThat(b.poll()).isEqualTo(OUT);
    assertFails(EPIPE, () -> send(b, "x"));
    assertFails(EAGAIN, () -> receive(a, 10));
    assertThat(receive(task, a, 10, 0, null)).isEmpty();
    assertThat(task.brokenPipes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void shutdown_wakes_who_waits(SocketType type) {
    pair(type);
    Guest<String> receiver = Guest.startBlocked(t -> receive(t, a, 10, 0, null));
    a.shutdown(SHUT_RDWR);
    assertThat(receiver.result()).isEmpty();
  }

  // ---- descriptions -----------------------------------------------------------------------------

  private FileDescription[] pipe() {
    PipeEnds ends = pipes.create(0, 0, 0);
    return new FileDescription[] {ends.reader(), ends.writer()};
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void a_description_travels_and_works_on_the_other_side(SocketType type) {
    pair(type);
    FileDescription[] pipe = pipe();
    send(a, "take", pipe[1]);
    pipe[1].release();
    assertThat(passing.used()).isEqualTo(1);
    assertThat(pipe[0].poll()).isZero();
    Envelope envelope = open(b, 10, "take");
    assertThat(envelope.rights()).containsExactly(pipe[1]);
    assertThat(passing.used()).isZero();
    envelope.rights().get(0).write(task, new byte[] {9}, 0, 1);
    envelope.rights().get(0).release();
    assertThat(pipe[0].poll()).isEqualTo(IN | HUP);
  }

  @Test
  void in_a_stream_descriptions_come_with_their_first_byte_and_end_the_read() {
    pair(SocketType.STREAM);
    FileDescription[] pipe = pipe();
    send(a, "abc");
    send(a, "def", pipe[0], pipe[1]);
    send(a, "ghi");
    assertThat(open(b, 100, "abcdef").rights()).containsExactly(pipe);
    assertThat(open(b, 100, "ghi").rights()).isEmpty();
    send(a, "abcdef", pipe[0]);
    assertThat(open(b, 2, "ab").rights()).hasSize(1);
    send(a, "gh");
    assertThat(open(b, 2, "cd").rights()).isEmpty();
    assertThat(open(b, 9, "efgh").rights()).isEmpty();
    send(a, "ab", pipe[0]);
    send(a, "cd", pipe[1]);
    assertThat(open(b, 9, "ab").rights()).containsExactly(pipe[0]);
    assertThat(open(b, 9, "cd").rights()).containsExactly(pipe[1]);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void descriptions_nobody_takes_are_closed(SocketType type) {
    pair(type);
    FileDescription[] pipe = pipe();
    send(a, "x", pipe[1], pipe[1], pipe[1]);
    Envelope envelope = new Envelope(1);
    receive(task, b, 10, 0, envelope);
    assertThat(envelope.rights()).hasSize(1);
    assertThat(envelope.flags()).isEqualTo(MSG_CTRUNC);
    assertThat(pipe[1].references()).isEqualTo(2);
    send(a, "y", pipe[1]);
    assertThat(receive(b, 10)).isEqualTo("y");
    assertThat(pipe[1].references()).isEqualTo(2);
    send(a, "z", pipe[1]);
    b.release();
    assertThat(pipe[1].references()).isEqualTo(2);
    assertThat(passing.used()).isZero();
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void a_peek_answers_further_references(SocketType type) {
    pair(type);
    FileDescription[] pipe = pipe();
    send(a, "ab", pipe[1]);
    Envelope peeked = new Envelope(5);
    receive(task, b, 10, MSG_PEEK, peeked);
    assertThat(peeked.rights()).containsExactly(pipe[1]);
    assertThat(pipe[1].references()).isEqualTo(3);
    assertThat(passing.used()).isEqualTo(1);
    assertThat(open(b, 10, "ab").rights()).containsExactly(pipe[1]);
    assertThat(pipe[1].references()).isEqualTo(3);
  }

  @ParameterizedTest
  @EnumSource(SocketType.class)
  void a_send_that_fails_keeps_no_reference(SocketType type) {
    pair(type);
    FileDescription[] pipe = pipe();
    assertFails(EINVAL, () -> send(task, a, "x", 0, Collections.nCopies(254, pipe[1])));
    send(task, a, "x", 0, Collections.nCopies(253, pipe[1]));
    send(task, a, "x", 0, Collections.nCopies(253, pipe[1]));
    assertFails(ENOBUFS, () -> send(task, a, "x", 0, Collections.nCopies(253, pipe[1])));
    assertThat(pipe[1].references()).isEqualTo(507);
    assertThat(passing.used()).isEqualTo(506);
    b.release();
    assertThat(pipe[1].references()).isEqualTo(1);
    assertThat(passing.used()).isZero();
    try {
      send(a, "x", pipe[1]);
    } catch (ErrnoException gone) {
      assertThat(gone.errno()).isIn(EPIPE, ECONNREFUSED, ECONNRESET);
    }
    assertThat(pipe[1].references()).isEqualTo(1);
    assertThat(passing.used()).isZero();
  }

  @Test
  void a_description_that_is_closed_already_cannot_be_sent() {
    pair(SocketType.STREAM);
    FileDescription[] pipe = pipe();
    pipe[1].release();
    assertFails(EBADF, () -> send(a, "x", pipe[0], pipe[1]));
    assertThat(pipe[0].references()).isEqualTo(1);
    assertThat(passing.used()).isZero();
    assertFails(EAGAIN, () -> receive(b, 1));
  }

  @Test
  void an_empty_stream_message_carries_nothing_but_an_empty_datagram_does() {
    FileDescription[] pipe = pipe();
    pair(SocketType.STREAM);
    assertThat(send(a, "", pipe[1])).isZero();
    assertFails(EAGAIN, () -> receive(b, 1));
    assertThat(pipe[1].references()).isEqualTo(1);
    pair(SocketType.DATAGRAM);
    send(a, "", pipe[1]);
    assertThat(open(b, 10, "").rights()).containsExactly(pipe[1]);
  }

  // ---- garbage ----------------------------------------------------------------------------------

  @Test
  void a_socket_that_was_sent_to_itself_is_found_when_another_closes() {
    FileDescription[] pipe = pipe();
    pair(SocketType.STREAM);
    send(a, "x", b, pipe[1]);
    send(b, "y", a);
    pipe[1].release();
    a.release();
    b.release();
    assertThat(sockets.used()).isEqualTo(2);
    assertThat(pipe[0].poll()).isZero();
    pair(SocketType.STREAM);
    a.release();
    b.release();
    assertThat(sockets.used()).isZero();
    assertThat(passing.used()).isZero();
    assertThat(pipe[0].poll()).isEqualTo(HUP);
  }

  @Test
  void rings_over_several_pairs_are_found_when_the_limit_is_reached() {
    for (int round = 0; round < 50; round++) {
      pair(SocketType.DATAGRAM);
      SocketDescription c = a;
      SocketDescription d = b;
      pair(SocketType.STREAM);
      send(c, "1", a, b);
      send(a, "2", c, d);
      send(d, "3", a);
      for (SocketDescription socket : List.of(a, b, c, d)) {
        socket.release();
      }
    }
    assertThat(sockets.used()).isLessThanOrEqualTo(8);
    assertThat(passing.used()).isLessThanOrEqualTo(10);
  }

  @Test
  void a_socket_on_its_way_to_somebody_is_no_garbage() {
    pair(SocketType.STREAM);
    SocketDescription held = b;
    SocketDescription sender = a;
    pair(SocketType.STREAM);
    send(a, "inside");
    send(sender, "x", b);
    b.release();
    sender.release();
    a.release();
    pair(SocketType.STREAM);
    a.release();
    b.release();
    Envelope envelope = open(held, 10, "x");
    SocketDescription received = (SocketDescription) envelope.rights().get(0);
    assertThat(receive(received, 10)).isEqualTo("inside");
    received.release();
    held.release();
    assertThat(sockets.used()).isZero();
  }

  @Test
  void closing_the_machine_closes_what_is_on_its_way() {
    FileDescription[] pipe = pipe();
    pair(SocketType.STREAM);
    send(a, "x", b, pipe[1]);
    pipe[1].release();
    a.release();
    b.release();
    table.close();
    assertThat(sockets.used()).isZero();
    assertThat(pipe[0].poll()).isEqualTo(HUP);
    assertThat(table.bufferedBytes()).isZero();
  }

  private static Gauge bytes(int most) {
    return new Gauges(Limits.DEFAULT.with(Limit.SOCKET_BYTES, most), EventSink.DISCARD)
        .ofMachine(Limit.SOCKET_BYTES);
  }

  // ---- limits and arguments ---------------------------------------------------------------------

  @Test
  void the_bytes_of_a_machine_are_limited_and_senders_wait_for_others_to_receive() {
    SocketTable small = new SocketTable(new CountLimit(10, EAGAIN), passing, bytes(100_000));
    List<SocketPair> pairs = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      pairs.add(small.createPair(1, 1, 0, 0, 0));
    }
    assertThat(send(pairs.get(0).first(), "x".repeat(65_536))).isEqualTo(65_536);
    assertThat(send(pairs.get(1).first(), "x".repeat(65_536))).isEqualTo(100_000 - 65_536);
    assertFails(EAGAIN, () -> send(pairs.get(1).first(), "x"));
    Guest<Integer> sender =
        Guest.startBlocked(t -> send(t, pairs.get(1).first(), "x".repeat(100), 0, List.of()));
    receive(pairs.get(0).second(), 50_000);
    assertThat(sender.result()).isEqualTo(100);
    pairs.get(0).second().release();
    pairs.get(1).second().release();
    assertThat(small.bufferedBytes()).isZero();
  }

  @Test
  void sockets_count_against_the_machine_one_by_one() {
    for (int i = 0; i < 4; i++) {
      pair(SocketType.STREAM);
    }
    assertThat(sockets.used()).isEqualTo(8);
    assertFails(EAGAIN, () -> pair(SocketType.STREAM));
    a.release();
    assertFails(EAGAIN, () -> pair(SocketType.STREAM));
    assertThat(sockets.used()).isEqualTo(7);
    b.release();
    pair(SocketType.STREAM);
  }

  @Test
  void the_arguments_of_socketpair_are_checked() {
    assertFails(EOPNOTSUPP, () -> table.createPair(2, 1, 0, 0, 0));
    assertFails(EOPNOTSUPP, () -> table.createPair(10, 1, 0, 0, 0));
    assertFails(EAFNOSUPPORT, () -> table.createPair(99, 1, 0, 0, 0));
    assertFails(EPROTONOSUPPORT, () -> table.createPair(1, 1, 5, 0, 0));
    assertFails(EPROTOTYPE, () -> table.createPair(1, 4, 0, 0, 0));
    assertFails(EINVAL, () -> table.createPair(1, 1 | 0x10, 0, 0, 0));
    SocketPair pair = table.createPair(1, 3 | OpenFlags.O_NONBLOCK, 1, 0, 0);
    assertThat(pair.first().type()).isEqualTo(SocketType.DATAGRAM);
    assertThat(pair.second().nonBlocking()).isTrue();
    assertThat(sockets.used()).isEqualTo(2);
  }
}
