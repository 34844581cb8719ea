package io.vivarium.kernel.trace;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/** Buckets of times. */
class HistogramTest {
  @Property
  void a_bucket_tells_a_time_to_an_eighth(@ForAll @LongRange(min = 0, max = 1L << 42) long nanos) {
    long highest = Histogram.highest(Histogram.bucket(nanos));
    assertThat(highest).isBetween(nanos, nanos + nanos / 8);
  }

  @Test
  void times_beyond_all_bounds_share_the_last_bucket() {
    assertThat(Histogram.bucket(Long.MAX_VALUE)).isEqualTo(Histogram.bucket(1L << 60));
    assertThat(Histogram.bucket(Long.MAX_VALUE)).isEqualTo(new Histogram().counts().length - 1);
  }

  @Test
  void percentiles_are_those_of_a_sorted_list() {
    Histogram histogram = new Histogram();
    for (int i = 1; i <= 100; i++) {
      histogram.add(i < 100 ? 5 : 7);
    }
    long[] counts = histogram.counts();
    assertThat(Histogram.percentile(counts, 50)).isEqualTo(5);
    assertThat(Histogram.percentile(counts, 99)).isEqualTo(5);
    assertThat(Histogram.percentile(counts, 100)).isEqualTo(7);
    assertThat(Histogram.percentile(new Histogram().counts(), 50)).isZero();
  }
}
