package io.vivarium.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** What a soak makes of its footprints; all figures are made up. */
final class FlatnessTest {
  private static final int MINUTES = 30;
  static final long MIB = 1 << 20;

  private static Footprint holding(
      long heap, long guests, long threads, long descriptors, long cache, long files) {
    return new Footprint(
        heap, MIB, MIB, MIB, 200 * MIB, guests, threads, descriptors, cache, files);
  }

  private static Footprint heap(long bytes) {
    return holding(bytes, 0, 20, 40, 30 * MIB, 0);
  }

  private static List<Footprint> soak(IntFunction<Footprint> minute) {
    return IntStream.rangeClosed(0, MINUTES).mapToObj(minute).toList();
  }

  @Test
  void what_stays_the_same_is_flat() {
    assertThat(Flatness.complaints(soak(minute -> heap(20 * MIB)))).isEmpty();
  }

  @Test
  void warming_up_in_the_first_tenth_is_no_growth() {
    assertThat(Flatness.complaints(soak(minute -> heap(100 * MIB * Math.min(minute, 3)))))
        .isEmpty();
  }

  @Test
  void memory_that_grows_every_minute_is_told_with_how_much_it_is_too_much() {
    assertThat(Flatness.complaints(soak(minute -> heap((20 + minute) * MIB))))
        .singleElement()
        .asString()
        // The least of minutes 28 to 30 against minute 3.
        .startsWith("heap grew from 24,117,248 to 50,331,648")
        .contains("which is 17,825,792 more than the 8,388,608");
  }

  @Test
  void a_little_memory_is_no_growth() {
    assertThat(Flatness.complaints(soak(minute -> heap(20 * MIB + minute * 200_000L)))).isEmpty();
  }

  @Test
  void garbage_that_comes_and_goes_is_no_growth() {
    assertThat(Flatness.complaints(soak(minute -> heap((minute == MINUTES - 1 ? 20 : 500) * MIB))))
        .isEmpty();
  }

  @Test
  void threads_that_come_and_go_are_no_leak() {
    assertThat(
            Flatness.complaints(
                soak(minute -> holding(MIB, 0, minute == MINUTES - 2 ? 20 : 25, 40, MIB, 0))
                    .stream()
                    .map(footprint ->
                        footprint.threads() == 25 ? footprint : holding(MIB, 0, 20, 40, MIB, 0))
                    .toList()))
        .isEmpty();
  }

  @Test
  void one_thread_that_stays_is_a_leak() {
    assertThat(
            Flatness.complaints(soak(minute -> holding(MIB, 0, minute < 15 ? 20 : 21, 40, MIB, 0))))
        .singleElement()
        .asString()
        .startsWith("threads grew from 20 to 21");
  }

  @Test
  void one_descriptor_that_stays_is_a_leak() {
    assertThat(
            Flatness.complaints(soak(minute -> holding(MIB, 0, 20, minute < 15 ? 40 : 41, MIB, 0))))
        .singleElement()
        .asString()
        .startsWith("descriptors grew from 40 to 41");
  }

  @Test
  void a_temporary_file_that_stays_is_a_leak() {
    assertThat(Flatness.complaints(soak(minute -> holding(MIB, 0, 20, 40, MIB, minute / 10))))
        .singleElement()
        .asString()
        .startsWith("temporary files grew from 0 to 2");
  }

  @Test
  void memory_of_guests_that_is_never_given_back_is_a_leak() {
    assertThat(
            Flatness.complaints(soak(minute -> holding(MIB, minute < 15 ? 0 : 1, 20, 40, MIB, 0))))
        .singleElement()
        .asString()
        .startsWith("memory of guests grew from 0 to 1");
  }

  @Test
  void every_figure_that_grows_is_told() {
    assertThat(
            Flatness.complaints(
                soak(minute ->
                    new Footprint(
                        100 * MIB * minute,
                        100 * MIB * minute,
                        100 * MIB * minute,
                        100 * MIB * minute,
                        100 * MIB * minute,
                        minute,
                        minute,
                        minute,
                        minute * MIB,
                        minute))))
        .hasSize(10);
  }

  @Test
  void two_footprints_can_not_be_compared() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Flatness.complaints(List.of(heap(1), heap(1))));
  }

  @Test
  void the_first_tenth_is_not_compared() {
    assertThat(Flatness.baseline(31)).isEqualTo(3);
    assertThat(Flatness.baseline(11)).isEqualTo(1);
    assertThat(Flatness.baseline(12)).isEqualTo(2);
  }

  @Property(tries = 200)
  void noise_within_the_allowance_is_flat(
      @ForAll @Size(value = MINUTES + 1) List<@LongRange(min = 0, max = 8 * MIB) Long> noise) {
    List<Footprint> footprints = new ArrayList<>();
    noise.forEach(more -> footprints.add(heap(20 * MIB + more)));
    assertThat(Flatness.complaints(footprints)).isEmpty();
  }
}
