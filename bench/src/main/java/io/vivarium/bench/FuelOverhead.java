package io.vivarium.bench;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.Progress;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Times commands in a machine without a limit on fuel and in one with a limit that is never met, by
 * turns, and prints a table of what the limit costs. {@code bench/run fuel} starts it; words select
 * rows.
 */
public final class FuelOverhead {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** More than everything here needs. */
  private static final long PLENTY = 1L << 60;

  private static final String TIME = "cpu.process-time";
  private static final long AN_HOUR = 3_600_000;

  private static final int WARM_UPS = 5;
  private static final long WARMING_NANOS = 6_000_000_000L;
  private static final int RUNS = 11;

  /** How long code that is new gets to be compiled in the background. */
  private static final long COMPILING_NANOS = 6_000_000_000L;

  private static final String ROWS =
      "with recursive n(i) as (select 1 union all select i+1 from n where i<300000)"
          + " select sum(i*i%7) from n";

  private record Work(String name, Command command, Command first) {}

  private FuelOverhead() {}

  /** Runs what the words select. */
  public static void main(String[] words) throws Exception {
    OUT.println("    $ " + System.getProperty("vivarium.bench.command", "FuelOverhead"));
    Facts.lines().forEach(line -> OUT.println("    " + line));
    OUT.println();
    OUT.println(
        "| what | no limit ms | fuel limit ms | ratio | fastest, no limit ms | fuel limit ms | ratio | runs |");
    OUT.println("|---|---:|---:|---:|---:|---:|---:|---:|");
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create();
        VirtualMachine plain = vivarium.machine(options -> options.limit(TIME, AN_HOUR));
        VirtualMachine metered =
            vivarium.machine(options -> options.limit(TIME, AN_HOUR).limit("cpu.fuel", PLENTY))) {
      prepare(plain);
      prepare(metered);
      for (Work work : all()) {
        if (words.length == 0 || List.of(words).stream().anyMatch(work.name()::contains)) {
          row(work, plain, metered);
        }
      }
    }
  }

  private static void row(Work work, VirtualMachine plain, VirtualMachine metered) {
    long start = System.nanoTime();
    long patience = start + COMPILING_NANOS;
    // A run that does little, until it is as fast as without a limit or the time is up.
    while (System.nanoTime() < patience
        && time(metered, work.first()) > 2 * time(plain, work.first())) {
      Thread.onSpinWait();
    }
    long warm = System.nanoTime() + WARMING_NANOS;
    for (int i = 0; i < WARM_UPS || System.nanoTime() < warm; i++) {
      time(plain, work.command());
      time(metered, work.command());
    }
    long[] without = new long[RUNS];
    long[] with = new long[RUNS];
    for (int i = 0; i < RUNS; i++) {
      without[i] = time(plain, work.command());
      with[i] = time(metered, work.command());
    }
    Timings plainly = new Timings(without);
    Timings limited = new Timings(with);
    OUT.printf(
        Locale.ROOT,
        "| %s | %.1f | %.1f | %.2f | %.1f | %.1f | %.2f | %d |%n",
        work.name(),
        plainly.median(),
        limited.median(),
        limited.median() / plainly.median(),
        plainly.fastest(),
        limited.fastest(),
        limited.fastest() / plainly.fastest(),
        RUNS);
  }

  private static long time(VirtualMachine machine, Command command) {
    long start = System.nanoTime();
    ExecResult result = machine.exec(command);
    long took = System.nanoTime() - start;
    if (!result.succeeded()) {
      throw new IllegalStateException(command + " failed: " + result.stderrText());
    }
    return took;
  }

  private static List<Work> all() {
    return List.of(
        work("`true`", "true"),
        work("`ls /bin`", "ls", "/bin"),
        file("`sha256sum` of 16 MiB", "sha256sum"),
        file("`md5sum` of 16 MiB", "md5sum"),
        file("`wc` of 16 MiB", "wc"),
        file("`grep -c` of 16 MiB", "grep", "-c", "a[0-9]*b"),
        small("`sort` of 2 MiB", "sort"),
        small("`awk` over 2 MiB", "awk", "{n[$1%97]+=$2} END{print n[5]}"),
        small("`sed` over 2 MiB", "sed", "-n", "s/[0-9]*a/x/gp"),
        small("`gzip` of 2 MiB", "gzip", "-c"),
        small("`jq` over 2 MiB", "jq", "-R", "-n", "[inputs|length]|add"),
        new Work(
            "`sqlite3`, 300,000 rows",
            Command.of("sqlite3", ":memory:", ROWS),
            Command.of("sqlite3", ":memory:", "select 1")),
        new Work(
            "`sh`, 20,000 rounds of a loop",
            Command.of("sh", "-c", "i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done"),
            Command.of("sh", "-c", ":")));
  }

  private static Work work(String name, String... command) {
    return new Work(name, Command.of(command), Command.of(command));
  }

  private static Work file(String name, String... command) {
    return over("/work/large", name, command);
  }

  private static Work small(String name, String... command) {
    return over("/work/small", name, command);
  }

  private static Work over(String file, String name, String... command) {
    String[] whole = Arrays.copyOf(command, command.length + 1);
    whole[command.length] = file;
    String[] little = whole.clone();
    little[command.length] = "/work/tiny";
    return new Work(name, Command.of(whole), Command.of(little));
  }

  private static void prepare(VirtualMachine machine) throws IOException {
    Path work = machine.files().getPath("/work");
    Files.createDirectories(work);
    Files.write(work.resolve("tiny"), lines(1 << 10));
    Files.write(work.resolve("small"), lines(2 << 20));
    Files.write(work.resolve("large"), lines(16 << 20));
  }

  /** The same lines every time. */
  private static byte[] lines(int size) {
    Random random = new Random(7);
    StringBuilder text = new StringBuilder(size + 64);
    while (text.length() < size) {
      text.append(random.nextInt(1_000_000)).append(' ').append(random.nextInt(1000));
      text.append(" a").append(random.nextInt(100)).append("b line\n");
    }
    return text.substring(0, size).getBytes(StandardCharsets.US_ASCII);
  }
}
