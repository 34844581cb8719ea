package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Guests that ask for the end of a child in a loop leave the processor to the child. */
class BusyWaitTest {
  private static final int WNOHANG = 1;
  private static final int ECHILD = 12;

  private static int spawn(TestGuest guest, String program) {
    return guest.process().spawn(SpawnRequest.program(program, List.of(program)).build());
  }

  /** One question; answers the pid, or the errno as a negative number. */
  private static int ask(TestGuest guest, int result) {
    int errno =
        (int)
            guest.call(
                "host_process.proc_waitpid_v2",
                -1,
                WNOHANG,
                result,
                result + 4,
                result + 8,
                result + 12);
    return errno == 0 ? guest.memory().getInt(result + 8) : -errno;
  }

  @Test
  void a_loop_of_questions_sleeps_between_them_and_sees_the_end() {
    try (TestMachine machine = new TestMachine()) {
      machine.install(
          "/bin/child",
          process -> {
            process.sleep(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100));
            return 7;
          });
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int result = guest.room(16);
            int child = spawn(guest, "/bin/child");
            long start = System.nanoTime();
            long questions = 1;
            int answer = ask(guest, result);
            while (answer == 0) {
              assertThat(guest.wasi("clock_time_get", 1, 0, result)).isZero();
              answer = ask(guest, result);
              questions++;
            }
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start);
            assertThat(answer).isEqualTo(child);
            assertThat(guest.memory().getInt(result)).isEqualTo(7);
            assertThat(questions).isBetween(2L, 64 + 2 * millis);
            assertThat(ask(guest, result)).isEqualTo(-ECHILD);
          });
    }
  }
}
