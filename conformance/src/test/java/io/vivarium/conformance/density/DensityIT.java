package io.vivarium.conformance.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * 200 machines live in one JVM with a heap of 2 GiB, and give everything back when they are closed.
 * Runs in a JVM of its own, and prints what it measures.
 */
final class DensityIT {
  private static final int MACHINES = 200;

  /** What runtimes keep for later, such as profiles and caches, for 200 machines together. */
  private static final long HEAP_TOLERANCE = 4L << 20;

  private static final long OUTSIDE_TOLERANCE = 1L << 20;
  private static final long MOST_HEAP = 2L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @Test
  @Timeout(600)
  void two_hundred_machines_give_back_everything_when_they_are_closed() throws Exception {
    assertThat(Runtime.getRuntime().maxMemory()).isLessThanOrEqualTo(MOST_HEAP);
    try (Vivarium vivarium = Vivarium.create()) {
      liveAndDie(vivarium, 3);
      Footprint before = Footprint.now();
      System.out.println("before: " + before);

      List<WeakReference<VirtualMachine>> gone = liveAndDie(vivarium, MACHINES);

      Footprint after = settled(before);
      System.out.println("all closed: " + after);
      assertThat(gone).hasSize(MACHINES).allMatch(machine -> machine.refersTo(null));
      assertThat(after.heap()).isLessThanOrEqualTo(before.heap() + HEAP_TOLERANCE);
      assertThat(after.outside()).isLessThanOrEqualTo(before.outside() + OUTSIDE_TOLERANCE);
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
      assertThat(after.files()).isLessThanOrEqualTo(before.files());
    }
  }

  /** Machines that live at the same time; each has run {@code ls} and runs {@code cat}. */
  private static List<WeakReference<VirtualMachine>> liveAndDie(Vivarium vivarium, int count)
      throws IOException {
    List<VirtualMachine> machines = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        VirtualMachine machine = vivarium.machine();
        machines.add(machine);
        Files.writeString(machine.files().getPath("/tmp/machine-" + i), "machine " + i);
        assertThat(list(machine)).isEqualTo("machine-" + i + "\n");
      }
      report(count + " machines alive", count);
      for (VirtualMachine machine : machines) {
        // Waits for input that never comes; ends with its machine.
        machine.spawn(Command.of("cat"));
      }
      report("each with a process", count);
      // The first is as alive as the last.
      assertThat(list(machines.getFirst())).isEqualTo("machine-0\n");
    } finally {
      machines.forEach(VirtualMachine::close);
    }
    return machines.stream().map(WeakReference::new).toList();
  }

  private static void report(String what, int count) throws IOException {
    if (count == MACHINES) {
      System.out.println(what + ": " + Footprint.now());
    }
  }

  private static String list(VirtualMachine machine) {
    ExecResult result = machine.exec(Command.of("ls", "/tmp"));
    assertThat(result.stderrText()).isEmpty();
    return result.stdoutText();
  }

  /** What is held once threads that have ended are gone; the compiler's own come and go. */
  private static Footprint settled(Footprint before) throws IOException, InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    Footprint present = Footprint.now();
    while (present.threads() > before.threads() && Instant.now().isBefore(end)) {
      Thread.sleep(100);
      present = Footprint.now();
    }
    return present;
  }
}
