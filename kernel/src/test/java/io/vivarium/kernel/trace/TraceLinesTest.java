package io.vivarium.kernel.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.wait.HostTask;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Lines of a trace on their way to a reader, and what becomes of them when the reader is stuck. */
@Timeout(60)
class TraceLinesTest {
  private static final Pattern NOTICE = Pattern.compile("\\[(\\d+) lines? lost]");

  private final List<String> read = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stuck = new CountDownLatch(1);

  /** A trace whose reader does not come back from its first line before it is let go. */
  private TraceLines stuck() {
    return new TraceLines(line -> {
      await(stuck);
      read.add(line);
    });
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void add(TraceLines trace, int from, int to) {
    for (int i = from; i < to; i++) {
      trace.add(HostTask.current(), "line " + i);
    }
  }

  private static List<String> lines(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> "line " + i).toList();
  }

  private static long lost(List<String> lines) {
    return lines.stream()
        .map(NOTICE::matcher)
        .filter(Matcher::matches)
        .mapToLong(notice -> Long.parseLong(notice.group(1)))
        .sum();
  }

  @Test
  void a_reader_that_comes_back_gets_every_line_in_order() {
    try (TraceLines trace = new TraceLines(read::add)) {
      add(trace, 0, 50_000);
    }
    assertThat(read).isEqualTo(lines(0, 50_000));
  }

  @Test
  void a_reader_that_is_stuck_does_not_stop_those_who_write() {
    TraceLines trace = stuck();
    add(trace, 0, 100_000);
    stuck.countDown();
    trace.close();
    int seen = read.size() - 1;
    assertThat(read.subList(0, seen)).isEqualTo(lines(0, seen));
    assertThat(read.getLast()).isEqualTo("[" + (100_000 - seen) + " lines lost]");
  }

  @Test
  void lines_that_were_lost_are_told_where_they_would_have_been() {
    TraceLines trace = stuck();
    add(trace, 0, 2_000);
    stuck.countDown();
    while (lost(List.copyOf(read)) == 0) {
      Thread.onSpinWait();
    }
    add(trace, 2_000, 2_010);
    trace.close();
    assertThat(read).filteredOn(NOTICE.asMatchPredicate()).hasSize(1);
    int notice = read.size() - 11;
    assertThat(read.subList(0, notice)).isEqualTo(lines(0, notice));
    assertThat(read.get(notice)).isEqualTo("[" + (2_000 - notice) + " lines lost]");
    assertThat(read.subList(notice + 1, read.size())).isEqualTo(lines(2_000, 2_010));
  }

  @Test
  void what_several_lose_is_counted_exactly() throws InterruptedException {
    TraceLines trace = stuck();
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      writers.add(Thread.ofPlatform().daemon().start(() -> add(trace, 0, 5_000)));
    }
    for (Thread writer : writers) {
      writer.join();
    }
    Thread late = Thread.ofPlatform().daemon().start(() -> add(trace, 0, 5_000));
    stuck.countDown();
    late.join();
    trace.close();
    long notices = read.stream().filter(NOTICE.asMatchPredicate()).count();
    assertThat(lost(read)).isPositive();
    assertThat(read.size() - notices + lost(read)).isEqualTo(25_000);
  }

  @Test
  void a_reader_that_never_comes_back_is_left_behind() {
    TraceLines trace = stuck();
    add(trace, 0, 2_000);
    trace.close();
    add(trace, 0, 10_000);
    assertThat(read).hasSizeLessThan(2_000);
  }

  @Test
  void a_reader_that_fails_ends_the_trace_and_nothing_else() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> read.add(failure.toString()));
    try (TraceLines trace =
        new TraceLines(line -> {
          throw new IllegalStateException(line);
        })) {
      add(trace, 0, 10_000);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    assertThat(read).containsExactly("java.lang.IllegalStateException: line 0");
  }
}
