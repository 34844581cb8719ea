package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Every snippet does in a machine what it does on the host, or is known not to. Nothing hangs for
 * longer than a snippet may take; the limit here only ends the whole.
 */
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class ShellConformanceTest {

  private static final int PARALLEL = 2;
  private static MachineBash machine;
  private static ExecutorService pool;

  @BeforeAll
  static void open() {
    machine = new MachineBash();
    pool = Executors.newFixedThreadPool(PARALLEL);
  }

  @AfterAll
  static void close() {
    pool.shutdownNow();
    machine.close();
  }

  @TestFactory
  Stream<DynamicTest> machine_answers_as_the_host_does() {
    record Run(ShellCase snippet, Future<Comparison> comparison) {}
    List<Run> runs =
        Corpus.all().stream()
            .map(snippet -> new Run(snippet, pool.submit(() -> compare(snippet))))
            .toList();
    return runs.stream()
        .map(run ->
            DynamicTest.dynamicTest(
                run.snippet().toString(),
                () -> assertThat(run.comparison().get().complaint()).isEmpty()));
  }

  @TestFactory
  Stream<DynamicTest> every_published_command_starts_and_answers() {
    return CommandTable.uses().stream()
        .map(use ->
            DynamicTest.dynamicTest(
                use.typed(), () -> assertThat(use.complaint(machine.run(use))).isEmpty()));
  }

  private static Comparison compare(ShellCase snippet) {
    return new Comparison(
        snippet, HostOutcomes.of(snippet), machine.run(snippet.user(), snippet.script()));
  }
}
