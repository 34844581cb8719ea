package io.vivarium.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.Command;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Quantiles, and the work that they are taken of. */
final class SamplesTest {
  private static final long MILLISECOND = 1_000_000;

  @Test
  void quantiles_are_runs_that_were_made() {
    Recorder recorder = new Recorder();
    LongStream.rangeClosed(1, 10_000)
        .map(i -> 10_001 - i)
        .forEach(i -> recorder.add(i * MILLISECOND));
    Samples samples = recorder.samples();
    assertThat(samples.runs()).isEqualTo(10_000);
    assertThat(samples.quantile(0.99)).isEqualTo(9_900);
    assertThat(samples.quantile(1)).isEqualTo(10_000);
    assertThat(samples.median()).isEqualTo(5_000.5);
  }

  @Test
  void of_one_run_every_quantile_is_that_run() {
    Samples samples = new Samples(new long[] {3 * MILLISECOND});
    assertThat(samples.median()).isEqualTo(3);
    assertThat(samples.quantile(0.01)).isEqualTo(3);
    assertThat(samples.quantile(0.99)).isEqualTo(3);
  }

  @Test
  void module_that_counts_ends_when_it_has_counted_and_not_before() {
    try (Vivarium vivarium = Vivarium.create();
        VirtualMachine machine =
            vivarium.machine(options -> options.limit("cpu.process-time", 100))) {
      assertThat(machine.exec(Command.module(SpinModule.file(1_000))).exitStatus()).isZero();
      assertThat(machine.exec(Command.module(SpinModule.file(SpinModule.ENDLESS))).exitStatus())
          .as("SIGXCPU")
          .isEqualTo(128 + 24);
    }
  }

  @Test
  void every_work_can_be_done_again_and_again() {
    try (Vivarium vivarium = Vivarium.create();
        VirtualMachine machine = vivarium.machine()) {
      Work.prepare(machine);
      for (Work work : Work.mixes()) {
        work.run(machine);
        assertThat(work.run(machine)).as(work.name()).isPositive();
      }
    }
  }
}
