package io.vivarium.node.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.kernel.wait.Waiter;
import io.vivarium.node.channel.Call;
import io.vivarium.node.channel.Slot;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ConversationTest {
  private static final int CREATE = OpenFlags.O_RDWR | OpenFlags.O_CREAT;

  /** Wait by themselves, or end the guest. */
  private static final Set<Call> ENDLESS =
      EnumSet.of(Call.EXIT, Call.SLEEP, Call.POLL, Call.KILL, Call.PIPE, Call.WAIT, Call.SIGNAL);

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // made before each test
  private ChannelGuest guest;

  @BeforeEach
  void start() throws IOException {
    guest = new ChannelGuest(folder);
  }

  @AfterEach
  void end() {
    guest.close();
  }

  private static long minus(Errno errno) {
    return -errno.number();
  }

  private int end(ChannelGuest ended) {
    ended.process().awaitEnd(HostTask.current(), Waiter.NEVER);
    return ended.process().status();
  }

  @Test
  void files_are_written_and_read() {
    double[] lengths = guest.strings("/tmp/f", "hello");
    assertThat(guest.call(Call.WRITE_FILE, lengths[0], CREATE, 0644, lengths[1])).isEqualTo(5);
    assertThat(guest.callPath(Call.READ_FILE, "/tmp/f")).isEqualTo(5);
    assertThat(guest.text(5)).isEqualTo("hello");
    assertThat(guest.callPath(Call.STAT, "/tmp/f", 1)).isZero();
    assertThat(guest.number(1)).isEqualTo(0100644);
    assertThat(guest.number(8)).isEqualTo(5);
    int fd = (int) guest.callPath(Call.OPEN, "/tmp/f");
    assertThat(guest.call(Call.READ, fd, 3, 1)).isEqualTo(3);
    assertThat(guest.text(3)).isEqualTo("ell");
    assertThat(guest.call(Call.CLOSE, fd)).isZero();
    assertThat(guest.call(Call.CLOSE, fd)).isEqualTo(minus(Errno.EBADF));
  }

  @Test
  void directories_and_links_answer_as_linux_does() {
    assertThat(guest.callPath(Call.MKDIR, "/tmp/d", 0755)).isZero();
    assertThat(guest.callPath(Call.MKDIR, "/tmp/d", 0755)).isEqualTo(minus(Errno.EEXIST));
    double[] lengths = guest.strings("d", "/tmp/l");
    assertThat(guest.call(Call.SYMLINK, lengths)).isZero();
    assertThat(guest.text(guest.callPath(Call.REALPATH, "/tmp/../tmp//l/."))).isEqualTo("/tmp/d");
    assertThat(guest.text(guest.callPath(Call.READLINK, "/tmp/l"))).isEqualTo("d");
    assertThat(guest.callPath(Call.REALPATH, "/tmp/l/x")).isEqualTo(minus(Errno.ENOENT));
    assertThat(guest.callPath(Call.KIND, "/tmp/l")).isEqualTo(1);
    int fd = (int) guest.callPath(Call.OPEN, "/tmp", OpenFlags.O_DIRECTORY);
    long length = guest.call(Call.READ_DIRECTORY, fd, 0);
    assertThat(guest.text(length)).isEqualTo("\u0004d\0\nl\0");
    assertThat(guest.call(Call.READ_DIRECTORY, fd, guest.number(0))).isZero();
  }

  @Test
  void a_loop_of_links_is_ELOOP() {
    guest.call(Call.SYMLINK, guest.strings("/tmp/b", "/tmp/a"));
    guest.call(Call.SYMLINK, guest.strings("/tmp/a", "/tmp/b"));
    assertThat(guest.callPath(Call.REALPATH, "/tmp/a")).isEqualTo(minus(Errno.ELOOP));
  }

  @ParameterizedTest
  @ValueSource(
      doubles = {
        -1,
        Slot.DATA_BYTES + 1.0,
        1e300,
        Double.NaN,
        Double.POSITIVE_INFINITY,
        Double.NEGATIVE_INFINITY
      })
  void a_length_outside_of_the_data_is_EFAULT(double length) {
    guest.slot().data().fill((byte) 'a');
    assertThat(guest.call(Call.STAT, length)).isEqualTo(minus(Errno.EFAULT));
    assertThat(guest.call(Call.RENAME, 1, length)).isEqualTo(minus(Errno.EFAULT));
    assertThat(guest.call(Call.READ, 0, length)).isEqualTo(minus(Errno.EFAULT));
  }

  @Test
  void strings_that_overrun_the_data_together_are_EFAULT() {
    assertThat(guest.call(Call.RENAME, Slot.DATA_BYTES, 1)).isEqualTo(minus(Errno.EINVAL));
    guest.slot().data().fill((byte) 'a');
    assertThat(guest.call(Call.RENAME, Slot.DATA_BYTES, 1)).isEqualTo(minus(Errno.EFAULT));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1_000, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void a_call_that_there_is_not_is_ENOSYS(int number) {
    assertThat(guest.callNumber(number)).isEqualTo(minus(Errno.ENOSYS));
  }

  @Test
  void frames_of_noise_harm_nobody() {
    Random random = new Random(1);
    List<Call> calls = EnumSet.complementOf(EnumSet.copyOf(ENDLESS)).stream().toList();
    double[] odd = {0, 1, 2, 3, -1, 255, 4096, Slot.DATA_BYTES, 1e18, -1e300, Double.NaN};
    byte[] noise = new byte[256];
    for (int i = 0; i < 20_000; i++) {
      random.nextBytes(noise);
      guest.slot().data().asSlice(0, noise.length).copyFrom(MemorySegment.ofArray(noise));
      double[] arguments = new double[Slot.ARGUMENTS];
      for (int j = 0; j < arguments.length; j++) {
        arguments[j] = random.nextBoolean() ? odd[random.nextInt(odd.length)] : random.nextInt(64);
      }
      guest.call(calls.get(random.nextInt(calls.size())), arguments);
    }
    assertThat(guest.process().isAlive()).isTrue();
    assertThat(guest.callPath(Call.KIND, "/")).isEqualTo(1);
  }

  @Test
  void exit_ends_the_process_with_its_status() {
    guest.send(Call.EXIT.number(), 7);
    assertThat(end(guest)).isEqualTo(WaitStatus.exited(7));
  }

  @ParameterizedTest
  @ValueSource(ints = {Slot.START, Slot.ANSWER, Slot.ENDED, 99, -1})
  void a_turn_that_is_not_the_guests_to_take_ends_it(int turn) {
    guest.slot().passToHost(turn);
    assertThat(end(guest)).isEqualTo(WaitStatus.signalled(Signal.SIGKILL, false));
  }

  @Test
  void a_worker_that_has_gone_ends_its_guests() {
    guest.die();
    assertThat(end(guest)).isEqualTo(WaitStatus.signalled(Signal.SIGKILL, false));
  }

  @Test
  void a_signal_ends_a_guest_that_makes_no_calls() {
    guest.kernel().processes().signal(guest.process(), Signal.SIGTERM);
    assertThat(end(guest)).isEqualTo(WaitStatus.signalled(Signal.SIGTERM, false));
  }

  @Test
  void a_signal_with_a_handler_rings_and_is_told_once() throws InterruptedException {
    assertThat(guest.call(Call.SIGNAL, Signal.SIGTERM, 1)).isZero();
    guest.kernel().processes().signal(guest.process(), Signal.SIGTERM);
    while (guest.bells() == 0) {
      Thread.sleep(1);
    }
    assertThat(guest.call(Call.NEXT_EVENTS)).isEqualTo(1);
    assertThat(guest.number(0)).isEqualTo(2);
    assertThat(guest.number(1)).isEqualTo(Signal.SIGTERM);
    assertThat(guest.call(Call.NEXT_EVENTS)).isZero();
  }

  @Test
  void a_descriptor_that_becomes_ready_rings_and_is_told_once() {
    assertThat(guest.call(Call.PIPE, 0)).isZero();
    double reader = guest.number(0);
    double writer = guest.number(1);
    assertThat(guest.call(Call.READ_NOW, reader, 10)).isEqualTo(minus(Errno.EAGAIN));
    assertThat(guest.call(Call.WATCH, reader, PollEvents.POLLIN)).isZero();
    assertThat(guest.call(Call.NEXT_EVENTS)).isZero();
    assertThat(guest.bells()).isZero();
    guest.strings("abc");
    assertThat(guest.call(Call.WRITE, writer, 3, -1)).isEqualTo(3);
    assertThat(guest.bells()).isEqualTo(1);
    assertThat(guest.call(Call.NEXT_EVENTS)).isEqualTo(1);
    assertThat(guest.number(1)).isEqualTo(reader);
    assertThat(guest.call(Call.NEXT_EVENTS)).isZero();
    assertThat(guest.call(Call.READ_NOW, reader, 10)).isEqualTo(3);
  }

  @Test
  void a_guest_is_rung_once_until_it_asks() {
    guest.call(Call.PIPE, 0);
    double reader = guest.number(0);
    double writer = guest.number(1);
    guest.call(Call.WATCH, reader, PollEvents.POLLIN);
    for (int i = 0; i < 100; i++) {
      guest.call(Call.WRITE, writer, 1, -1);
    }
    assertThat(guest.bells()).isEqualTo(1);
  }
}
