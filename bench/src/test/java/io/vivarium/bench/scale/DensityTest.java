package io.vivarium.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.vivarium.Vivarium;
import io.vivarium.bench.result.Measurement;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** The rows about having machines; what they measure is not looked at. */
final class DensityTest {
  private static final long MIB = 1 << 20;

  private static Footprint heap(long bytes) {
    return new Footprint(bytes, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  }

  @Test
  void memory_of_each_machine_is_what_all_hold_together_divided() {
    Density.Figures figures =
        new Density.Figures(List.of(2.0, 4.0), heap(MIB), heap(5 * MIB), heap(MIB));
    Measurement measurement = figures.measurement();
    assertThat(measurement.memory()).hasValue(2 * MIB);
    assertThat(measurement.cold()).isEqualTo(2);
    assertThat(measurement.p50()).isEqualTo(3);
  }

  @Test
  void machines_that_hold_memory_after_they_are_closed_are_an_error() {
    Density.Figures figures =
        new Density.Figures(List.of(2.0), heap(MIB), heap(50 * MIB), heap(20 * MIB));
    assertThatIllegalStateException().isThrownBy(figures::measurement);
  }

  @Test
  void a_hundred_machines_give_everything_back() throws Exception {
    try (Vivarium vivarium = Vivarium.create()) {
      Map<String, Callable<Measurement>> rows = new Density(vivarium).rows();
      assertThat(rows).containsOnlyKeys("density/machines_100", "density/machines_500");
      Measurement measurement = rows.get("density/machines_100").call();
      assertThat(measurement.warm()).hasSize(100);
      assertThat(measurement.memory()).isPresent();
    }
  }

  @Test
  void rows_about_machines_of_this_jvm_can_be_measured() throws Exception {
    try (Vivarium vivarium = Vivarium.create();
        Startup startup = new Startup(vivarium, Path.of("."))) {
      for (Map.Entry<String, Callable<Measurement>> row : startup.rows().entrySet()) {
        if (!row.getKey().startsWith("startup/jvm_")) {
          assertThat(row.getValue().call().p50()).as(row.getKey()).isPositive();
        }
      }
      assertThat(startup.rows()).hasSize(10);
    }
  }
}
