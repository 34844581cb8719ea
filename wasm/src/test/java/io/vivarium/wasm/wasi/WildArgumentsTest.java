package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.engine.ValueType;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Attacks every function that guests can import with arguments that no compiler makes: pointers at
 * and beyond the end of memory, huge and negative lengths and counts, descriptors that are not
 * open.
 */
class WildArgumentsTest {
  private static final int ROUNDS = 400;

  /** These end, stop or block the caller when they do what they are for. */
  private static final Set<String> FATAL =
      Set.of(
          "wasi_snapshot_preview1.proc_exit",
          "wasi_unstable.proc_exit",
          "wasi_snapshot_preview1.proc_raise",
          "wasi_unstable.proc_raise",
          "wasi_snapshot_preview1.poll_oneoff",
          "wasi_unstable.poll_oneoff",
          "host_process.proc_kill",
          "host_process.proc_itimer_real",
          "host_process.sleep_ms",
          "host_process.proc_ppoll_v1",
          "host_net.net_poll");

  private static final int MEMORY = 2 << 16;

  private static final long[] WILD = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    16,
    24,
    64,
    4096,
    MEMORY - 8,
    MEMORY - 4,
    MEMORY - 1,
    MEMORY,
    MEMORY + 1,
    0x4000_0003L,
    0x4000_0004L,
    0x7fff_ffffL,
    0x8000_0000L,
    0xffff_fff8L,
    0xffff_ffffL,
    -1,
    -2,
    -100,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    0x1_0000_0000L
  };

  @Test
  void no_function_lets_an_exception_of_the_host_out() {
    for (SystemFunction function : TestGuest.all()) {
      if (!FATAL.contains(function.name())) {
        attack(function);
      }
    }
  }

  private static void attack(SystemFunction function) {
    try (TestMachine machine = new TestMachine()) {
      Random random = new Random(function.name().hashCode());
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            scribble(guest, random);
            for (int i = 0; i < ROUNDS; i++) {
              call(guest, function, arguments(function, random));
            }
          });
    }
  }

  /** Structures made of small numbers, so that decoding gets further than the first field. */
  private static void scribble(TestGuest guest, Random random) {
    for (int address = 0; address < MEMORY; address += 4) {
      int value = random.nextInt(4) == 0 ? (int) wild(random) : random.nextInt(8);
      guest.memory().putInt(address, value);
    }
  }

  private static void call(TestGuest guest, SystemFunction function, long[] arguments) {
    long answer = guest.call(function.name(), arguments);
    if (function.answersErrno()) {
      assertThat(answer)
          .as("%s%s", function.name(), List.of(arguments))
          .isBetween(0L, (long) WasiErrno.NODATA)
          .isNotEqualTo(77);
    }
  }

  private static long[] arguments(SystemFunction function, Random random) {
    List<ValueType> types = function.type().parameters();
    long[] arguments = new long[types.size()];
    for (int i = 0; i < arguments.length; i++) {
      long value = random.nextInt(6) == 0 ? random.nextInt(MEMORY) : wild(random);
      arguments[i] = types.get(i) == ValueType.I32 ? (int) value : value;
    }
    return arguments;
  }

  private static long wild(Random random) {
    return WILD[random.nextInt(WILD.length)];
  }
}
