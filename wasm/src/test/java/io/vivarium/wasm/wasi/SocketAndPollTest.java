package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import org.junit.jupiter.api.Test;

/** Sockets that come in pairs, and waiting for several things at once. */
class SocketAndPollTest {
  private static final int STREAM = 6;
  private static final int DATAGRAM = 5;
  private static final int CLOCK = 0;
  private static final int READ = 1;
  private static final int WRITE = 2;

  private static void inGuest(TestGuest.Body body) {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(machine, process -> TaggedRoot.INSTANCE, body);
    }
  }

  private static int[] pair(TestGuest guest, int type) {
    int fds = guest.room(8);
    assertThat(guest.call("host_process.fd_socketpair", type, 0, 0, fds, fds + 4)).isZero();
    return new int[] {guest.memory().getInt(fds), guest.memory().getInt(fds + 4)};
  }

  private static int send(TestGuest guest, int fd, String text) {
    int vector = guest.iovec(guest.put(text), text.length());
    int sent = guest.room(4);
    int errno = guest.wasi("sock_send", fd, vector, 1, 0, sent);
    return errno == 0 ? guest.memory().getInt(sent) : -errno;
  }

  /** What is received and the flags that come along, or the errno. */
  private static String receive(TestGuest guest, int fd, int length, int flags) {
    int buffer = guest.room(length);
    int out = guest.room(8);
    int errno = guest.wasi("sock_recv", fd, guest.iovec(buffer, length), 1, flags, out, out + 4);
    return errno == 0
        ? guest.text(buffer, guest.memory().getInt(out)) + "/" + guest.memory().getShort(out + 4)
        : "errno " + errno;
  }

  // ---- sockets --------------------------------------------------------------------------------

  @Test
  void a_stream_carries_bytes_until_one_side_shuts_down() {
    inGuest(guest -> {
      int[] pair = pair(guest, STREAM);
      assertThat(send(guest, pair[0], "hello")).isEqualTo(5);
      assertThat(receive(guest, pair[1], 3, 1)).isEqualTo("hel/0");
      assertThat(receive(guest, pair[1], 3, 0)).isEqualTo("hel/0");
      assertThat(receive(guest, pair[1], 10, 0)).isEqualTo("lo/0");
      assertThat(guest.wasi("sock_shutdown", pair[0], 2)).isZero();
      assertThat(receive(guest, pair[1], 10, 0)).isEqualTo("/0");
      assertThat(send(guest, pair[1], "back")).isEqualTo(4);
      assertThat(receive(guest, pair[0], 4, 2)).isEqualTo("back/0");
    });
  }

  @Test
  void a_datagram_that_does_not_fit_is_cut_and_says_so() {
    inGuest(guest -> {
      int[] pair = pair(guest, DATAGRAM);
      assertThat(send(guest, pair[0], "hello")).isEqualTo(5);
      assertThat(send(guest, pair[0], "you")).isEqualTo(3);
      assertThat(receive(guest, pair[1], 2, 0)).isEqualTo("he/1");
      assertThat(receive(guest, pair[1], 9, 0)).isEqualTo("you/0");
    });
  }

  @Test
  void what_is_no_socket_or_no_flag_is_refused() {
    inGuest(guest -> {
      int[] pair = pair(guest, STREAM);
      assertThat(receive(guest, pair[0], 4, 4)).isEqualTo("errno " + WasiErrno.INVAL);
      int vector = guest.iovec(guest.put("x"), 1);
      int out = guest.room(8);
      assertThat(guest.wasi("sock_send", pair[0], vector, 1, 1, out)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("sock_shutdown", pair[0], 0)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("sock_shutdown", pair[0], 4)).isEqualTo(WasiErrno.INVAL);
      assertThat(guest.wasi("sock_accept", pair[0], 0, out)).isEqualTo(WasiErrno.INVAL);
      assertThat(send(guest, 1, "x")).isEqualTo(-WasiErrno.NOTSOCK);
      assertThat(receive(guest, 0, 1, 0)).isEqualTo("errno " + WasiErrno.NOTSOCK);
      assertThat(guest.wasi("sock_shutdown", 1, 1)).isEqualTo(WasiErrno.NOTSOCK);
      assertThat(guest.wasi("sock_accept", 1, 0, out)).isEqualTo(WasiErrno.NOTSOCK);
      assertThat(send(guest, 99, "x")).isEqualTo(-WasiErrno.BADF);
    });
  }

  @Test
  void a_socket_that_does_not_block_answers_EAGAIN() {
    inGuest(guest -> {
      int[] pair = pair(guest, STREAM);
      assertThat(guest.wasi("fd_fdstat_set_flags", pair[1], FdFlags.NONBLOCK)).isZero();
      assertThat(receive(guest, pair[1], 1, 0)).isEqualTo("errno " + WasiErrno.AGAIN);
    });
  }

  // ---- poll -----------------------------------------------------------------------------------

  /** A list of subscriptions, and the events a poll of them reports. */
  private static final class Poll {
    private final TestGuest guest;
    private final int list;
    private final int events;
    private final int count;
    private int size;

    Poll(TestGuest guest) {
      this.guest = guest;
      list = guest.room(48 * 8);
      events = guest.room(32 * 8);
      count = guest.room(4);
    }

    private int next(int type) {
      int at = list + 48 * size;
      guest.memory().putLong(at, 100L + size);
      guest.memory().putByte(at + 8, type);
      size++;
      return at;
    }

    Poll clock(int id, long timeout, int flags) {
      int at = next(CLOCK);
      guest.memory().putInt(at + 16, id);
      guest.memory().putLong(at + 24, timeout);
      guest.memory().putShort(at + 40, flags);
      return this;
    }

    Poll descriptor(int type, int fd) {
      guest.memory().putInt(next(type) + 16, fd);
      return this;
    }

    /** Userdata, error, type, bytes and flags of each event. */
    String run() {
      int errno = guest.wasi("poll_oneoff", list, events, size, count);
      if (errno != 0) {
        return "errno " + errno;
      }
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < guest.memory().getInt(count); i++) {
        int at = events + 32 * i;
        text.append(guest.memory().getLong(at))
            .append(':')
            .append(guest.memory().getShort(at + 8))
            .append(':')
            .append(guest.memory().getByte(at + 10))
            .append(':')
            .append(guest.memory().getLong(at + 16))
            .append(':')
            .append(guest.memory().getShort(at + 24))
            .append(' ');
      }
      return text.toString().trim();
    }
  }

  private static long now(TestGuest guest, int clock) {
    int result = guest.room(8);
    assertThat(guest.wasi("clock_time_get", clock, 0, result)).isZero();
    return guest.memory().getLong(result);
  }

  @Test
  void relative_and_absolute_clocks_come_due_and_not_before() {
    inGuest(guest -> {
      for (int clock = 0; clock < 2; clock++) {
        long before = now(guest, 1);
        assertThat(new Poll(guest).clock(clock, 20_000_000, 0).run()).isEqualTo("100:0:0:0:0");
        assertThat(now(guest, 1) - before).isGreaterThanOrEqualTo(20_000_000);
        before = now(guest, 1);
        long due = now(guest, clock) + 20_000_000;
        assertThat(new Poll(guest).clock(clock, due, 1).run()).isEqualTo("100:0:0:0:0");
        assertThat(now(guest, 1) - before).isGreaterThanOrEqualTo(18_000_000);
      }
    });
  }

  @Test
  void the_earliest_clock_comes_alone_and_a_time_that_has_passed_comes_at_once() {
    inGuest(guest -> {
      assertThat(
              new Poll(guest)
                  .clock(1, 3_600_000_000_000L, 0)
                  .clock(0, 1, 1)
                  .clock(1, Long.MIN_VALUE, 0)
                  .clock(1, Long.MAX_VALUE, 1)
                  .run())
          .isEqualTo("101:0:0:0:0");
    });
  }

  @Test
  void a_clock_that_is_none_is_reported_and_keeps_nobody_waiting() {
    inGuest(guest -> {
      assertThat(new Poll(guest).clock(1, -1, 0).clock(9, 0, 0).clock(-1, 0, 0).run())
          .isEqualTo("101:%d:0:0:0 102:%d:0:0:0".formatted(WasiErrno.INVAL, WasiErrno.INVAL));
      assertThat(new Poll(guest).clock(2, 0, 0).run())
          .isEqualTo("100:%d:0:0:0".formatted(WasiErrno.NOTSUP));
      assertThat(new Poll(guest).clock(1, 0, 2).run())
          .isEqualTo("100:%d:0:0:0".formatted(WasiErrno.INVAL));
    });
  }

  @Test
  void descriptors_are_ready_hung_up_or_bad() {
    inGuest(guest -> {
      int[] pair = pair(guest, STREAM);
      assertThat(
              new Poll(guest)
                  .descriptor(READ, pair[0])
                  .descriptor(WRITE, pair[0])
                  .clock(1, 3_600_000_000_000L, 0)
                  .run())
          .startsWith("101:0:2:");
      assertThat(send(guest, pair[1], "hi")).isEqualTo(2);
      assertThat(new Poll(guest).descriptor(READ, pair[0]).run()).matches("100:0:1:[12]:0");
      assertThat(new Poll(guest).descriptor(READ, 77).descriptor(WRITE, -1).run())
          .isEqualTo("100:%d:1:0:0 101:%d:2:0:0".formatted(WasiErrno.BADF, WasiErrno.BADF));
      assertThat(guest.wasi("fd_close", pair[1])).isZero();
      assertThat(new Poll(guest).descriptor(READ, pair[0]).run()).matches("100:0:1:\\d+:1");
    });
  }

  @Test
  void a_poll_of_nothing_or_of_too_much_or_of_an_unknown_kind_is_EINVAL() {
    inGuest(guest -> {
      assertThat(new Poll(guest).run()).isEqualTo("errno " + WasiErrno.INVAL);
      assertThat(new Poll(guest).descriptor(3, 0).run()).isEqualTo("errno " + WasiErrno.INVAL);
      int count = guest.room(4);
      for (int many : new int[] {1025, 0x0555_5556, -1, Integer.MIN_VALUE}) {
        assertThat(guest.wasi("poll_oneoff", 0, 0, many, count)).isEqualTo(WasiErrno.INVAL);
      }
    });
  }
}
