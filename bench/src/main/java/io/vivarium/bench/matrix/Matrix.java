package io.vivarium.bench.matrix;

import io.vivarium.Vivarium;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** All rows, as far as the host has what they need. */
final class Matrix implements AutoCloseable {
  private final List<Row> rows;
  private final List<String> notes;
  private final EmbedderRows embedder;

  private Matrix(List<Row> rows, List<String> notes, EmbedderRows embedder) {
    this.embedder = embedder;
    this.rows = List.copyOf(rows);
    this.notes = List.copyOf(notes);
  }

  /**
   * Compiles the benchmark program and puts rows together.
   *
   * @param checkout the folder of the project
   * @param folder where to put programs
   */
  static Matrix of(Vivarium vivarium, Path checkout, Path folder)
      throws IOException, InterruptedException {
    Path sources = checkout.resolve("bench/src/main");
    Toolchain tools = new Toolchain(sources.resolve("c"), folder);
    Optional<Path> host = tools.hostProgram();
    Optional<Path> guest = tools.guestProgram();
    List<String> notes = new ArrayList<>(tools.notes());
    if (HostProgram.find("node").isEmpty()) {
      notes.add("lane node is left out: there is no node");
    }
    ProgramRows programs =
        new ProgramRows(vivarium, host, guest, sources.resolve("js/baseline.mjs"));
    List<Row> rows = new ArrayList<>(programs.all());
    rows.addAll(new CommandRows(vivarium, host).all());
    rows.addAll(new PermissionRows(programs).all());
    rows.addAll(new QuotaRows(programs).all());
    EmbedderRows embedder = new EmbedderRows(vivarium, checkout);
    rows.addAll(embedder.all());
    return new Matrix(rows, notes, embedder);
  }

  /** What is left out, and why, a line each. */
  List<String> notes() {
    return notes;
  }

  /** The rows whose names have one of the words; all when there are none. */
  List<Row> rows(List<String> words) {
    return rows.stream()
        .filter(row ->
            words.isEmpty()
                || words.stream()
                    .anyMatch(word -> row.name().contains(word.toLowerCase(Locale.ROOT))))
        .toList();
  }

  /** The row with a name. */
  Optional<Row> row(String name) {
    return rows.stream().filter(row -> row.name().equals(name)).findFirst();
  }

  @Override
  public void close() {
    embedder.close();
  }
}
