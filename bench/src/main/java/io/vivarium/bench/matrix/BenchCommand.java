package io.vivarium.bench.matrix;

import io.vivarium.Progress;
import io.vivarium.Vivarium;
import io.vivarium.bench.profile.Profiler;
import io.vivarium.bench.report.ReportFiles;
import io.vivarium.bench.result.Lane;
import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.ResultsFile;
import io.vivarium.bench.result.RowResult;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;

/**
 * {@code viv bench}: measures rows of the matrix, keeps them as a baseline, or judges them by one.
 */
public final class BenchCommand {
  private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);
  private static final PrintStream PROGRESS =
      new PrintStream(System.err, true, StandardCharsets.UTF_8);
  private static final int FAILED = 1;
  private static final int USAGE = 2;

  private static final String HELP =
      """
      Usage: viv bench [OPTION...] [WORD...]

      Measures the rows whose names have one of the words, each in every lane: the same work on the host and in
      a machine.

        --list             print the names of the rows and their lanes
        --lane LANE        only this lane (native, node, host, wasm, js, cmd, java); may be repeated
        --quick            fewer runs and less warming up
        --out FILE         write the results as JSON
        --baseline         write them as a baseline, bench/baselines/DAY.json
        --report DIR       write DIR/report.md and DIR/report.html, which has charts
        --from FILE        report what --out FILE wrote instead of measuring
        --profile FILE     write a flame graph of the measuring, an HTML page
        --gate             measure a few rows, and fail if one is more than twice as slow as in the newest
                           baseline, compared with the host of each
        -h, --help         show this
      """;

  private final CommandLine options;
  private final Path checkout;
  private final Baselines baselines;

  private BenchCommand(CommandLine options, Path checkout) {
    this.options = options;
    this.checkout = checkout;
    this.baselines = new Baselines(checkout.resolve("bench/baselines"));
  }

  /**
   * Ends the JVM with 0, with 1 when a row failed or is too slow, or with 2 for wrong arguments.
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    System.exit(run(arguments));
  }

  private static int run(String[] arguments) throws IOException, InterruptedException {
    CommandLine parsed;
    try {
      parsed = new DefaultParser().parse(options(), arguments);
    } catch (ParseException e) {
      PROGRESS.println("viv bench: " + e.getMessage() + "; see viv bench --help");
      return USAGE;
    }
    for (String lane : values(parsed)) {
      if (Lane.labelled(lane).isEmpty()) {
        String lanes =
            Arrays.stream(Lane.values()).map(Lane::label).collect(Collectors.joining(", "));
        PROGRESS.println("viv bench: there is no lane " + lane + ", but " + lanes);
        return USAGE;
      }
    }
    if (parsed.hasOption("help")) {
      OUT.print(HELP);
      return 0;
    }
    if (parsed.hasOption("from") && !parsed.hasOption("report")) {
      PROGRESS.println("viv bench: --from says what to report, --report DIR where; give both");
      return USAGE;
    }
    Path checkout = Path.of(System.getProperty("vivarium.bench.checkout", ".")).toAbsolutePath();
    return new BenchCommand(parsed, checkout.normalize()).run();
  }

  private static Options options() {
    return new Options()
        .addOption(Option.builder("h").longOpt("help").get())
        .addOption(Option.builder().longOpt("list").get())
        .addOption(Option.builder().longOpt("lane").hasArg().get())
        .addOption(Option.builder().longOpt("quick").get())
        .addOption(Option.builder().longOpt("out").hasArg().get())
        .addOption(Option.builder().longOpt("baseline").get())
        .addOption(Option.builder().longOpt("report").hasArg().get())
        .addOption(Option.builder().longOpt("from").hasArg().get())
        .addOption(Option.builder().longOpt("profile").hasArg().get())
        .addOption(Option.builder().longOpt("gate").get());
  }

  private static List<String> values(CommandLine parsed) {
    String[] values = parsed.getOptionValues("lane");
    return values == null ? List.of() : List.of(values);
  }

  private int run() throws IOException, InterruptedException {
    if (options.hasOption("from")) {
      return reportEarlier();
    }
    Optional<Results> baseline = baselines.newest();
    if (options.hasOption("gate") && baseline.isEmpty()) {
      PROGRESS.println(
          "viv bench: there is no baseline in bench/baselines to compare with; viv bench --baseline"
              + " makes one");
      return USAGE;
    }
    try (Vivarium vivarium = Vivarium.builder().progress(Progress.SILENT).create();
        Matrix matrix = Matrix.of(vivarium, checkout, checkout.resolve("bench/target/programs"))) {
      matrix.notes().forEach(note -> PROGRESS.println("viv bench: " + note));
      if (options.hasOption("gate")) {
        Runner runner = new Runner(Contract.QUICK, lanes(), PROGRESS);
        return new GateRun(matrix, runner, OUT).passes(baseline.orElseThrow()) ? 0 : FAILED;
      }
      List<Row> rows = matrix.rows(options.getArgList());
      if (rows.isEmpty()) {
        PROGRESS.println("viv bench: no row has such a name; see viv bench --list");
        return USAGE;
      }
      return options.hasOption("list") ? list(rows) : measure(rows);
    }
  }

  private int reportEarlier() {
    try {
      report(ResultsFile.read(Path.of(options.getOptionValue("from"))));
      return 0;
    } catch (NoSuchFileException e) {
      PROGRESS.println("viv bench: there is no file " + e.getMessage());
    } catch (IOException e) {
      PROGRESS.println("viv bench: " + e.getMessage());
    }
    return USAGE;
  }

  private void report(Results results) throws IOException {
    Path folder = Path.of(options.getOptionValue("report"));
    PROGRESS.println("wrote " + ReportFiles.write(folder, results, baselines.all()));
  }

  private static int list(List<Row> rows) {
    for (Row row : rows) {
      String lanes =
          row.lanes().keySet().stream().map(Lane::label).collect(Collectors.joining(" "));
      OUT.printf("%-36s %s%n", row.name(), lanes);
    }
    return 0;
  }

  private Set<Lane> lanes() {
    EnumSet<Lane> lanes = EnumSet.noneOf(Lane.class);
    values(options).forEach(label -> Lane.labelled(label).ifPresent(lanes::add));
    return lanes.isEmpty() ? EnumSet.allOf(Lane.class) : lanes;
  }

  private int measure(List<Row> rows) throws IOException, InterruptedException {
    Contract contract = options.hasOption("quick") ? Contract.QUICK : Contract.FULL;
    Map<String, String> provenance = Provenance.collect(checkout, contract);
    Runner runner = new Runner(contract, lanes(), PROGRESS);
    Results results = new Results(provenance, measure(rows, runner));
    if (options.hasOption("out")) {
      ResultsFile.write(Path.of(options.getOptionValue("out")), results);
    }
    if (options.hasOption("report")) {
      report(results);
    }
    if (options.hasOption("baseline") && runner.failures().isEmpty()) {
      PROGRESS.println("wrote " + checkout.relativize(baselines.add(results)));
    }
    runner.failures().forEach(failure -> PROGRESS.println("viv bench: " + failure));
    return runner.failures().isEmpty() ? 0 : FAILED;
  }

  private List<RowResult> measure(List<Row> rows, Runner runner)
      throws IOException, InterruptedException {
    List<RowResult> measured = new ArrayList<>();
    if (!options.hasOption("profile")) {
      for (Row row : rows) {
        measured.add(runner.measure(row));
      }
      return measured;
    }
    try (Profiler profiler = Profiler.start(Path.of(options.getOptionValue("profile")))) {
      for (Row row : rows) {
        measured.add(runner.measure(row));
      }
      PROGRESS.println(profiler.finish());
    }
    return measured;
  }
}
