package io.vivarium.bench.matrix;

import io.vivarium.bench.result.Results;
import io.vivarium.bench.result.ResultsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The committed baselines: a file each, whose name begins with the day. */
final class Baselines {
  private static final String SUFFIX = ".json";
  private static final int DAY = "2000-01-01".length();

  private final Path folder;

  Baselines(Path folder) {
    this.folder = folder;
  }

  /** The files, oldest first. */
  private List<Path> files() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }

  /** All of them, oldest first. */
  List<Results> all() throws IOException {
    List<Results> all = new ArrayList<>();
    for (Path file : files()) {
      all.add(ResultsFile.read(file));
    }
    return all;
  }

  /** The newest; empty when there is none. */
  Optional<Results> newest() throws IOException {
    List<Path> files = files();
    return files.isEmpty() ? Optional.empty() : Optional.of(ResultsFile.read(files.getLast()));
  }

  /** Adds one; a baseline of the same day is replaced. */
  Path add(Results results) throws IOException {
    Files.createDirectories(folder);
    String measured = results.provenance().getOrDefault("measured", "");
    if (measured.length() < DAY) {
      throw new IOException("The results do not say when they were measured");
    }
    Path file = folder.resolve(measured.substring(0, DAY) + SUFFIX);
    ResultsFile.write(file, results);
    return file;
  }
}
