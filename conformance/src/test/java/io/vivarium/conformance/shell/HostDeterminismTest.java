package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An oracle that does not say the same thing twice is none. */
class HostDeterminismTest {

  private static final int PARALLEL = 2;

  @Test
  @Timeout(value = 15, unit = TimeUnit.MINUTES)
  void host_outcomes_are_deterministic() throws InterruptedException, ExecutionException {
    List<String> complaints = new ArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(PARALLEL)) {
      List<Future<Optional<String>>> results =
          Corpus.all().stream().map(snippet -> pool.submit(() -> complaint(snippet))).toList();
      for (Future<Optional<String>> result : results) {
        result.get().ifPresent(complaints::add);
      }
    }
    assertThat(complaints).isEmpty();
  }

  /** A machine that repeats the host's outcome would satisfy the case, and nothing else does. */
  private static Optional<String> complaint(ShellCase snippet) {
    Outcome first = HostOutcomes.of(snippet);
    Outcome second = HostOutcomes.again(snippet);
    ShellCase strict = snippet.withoutKnownReason();
    return new Comparison(strict, first, second).complaint().map(text -> snippet + ": " + text);
  }
}
