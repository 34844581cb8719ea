package io.vivarium.bench.matrix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the host has to compile and run benchmark programs with. Immutable. */
final class Toolchain {
  private static final List<String> SHARED =
      List.of("main.c", "fs.c", "pipes.c", "timers.c", "control.c", "process.c");
  private static final List<String> OPTIONS =
      List.of("-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra");
  private static final String PACKAGES = "clang lld wasi-libc libclang-rt-dev-wasm32";

  private final Path sources;
  private final Path folder;
  private final List<String> notes = new ArrayList<>();

  /**
   * A tool chain.
   *
   * @param sources where the C sources are
   * @param folder where to put programs
   */
  Toolchain(Path sources, Path folder) {
    this.sources = sources;
    this.folder = folder;
  }

  /** What is missing, and what to do about it, a line each. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** The C program for the host; empty when there is no compiler. */
  Optional<Path> hostProgram() throws IOException, InterruptedException {
    if (HostProgram.find("cc").isEmpty()) {
      notes.add("lanes native and host are left out: there is no cc");
      return Optional.empty();
    }
    return Optional.of(compile(List.of("cc"), "baseline", List.of("host.c", "command.c")));
  }

  /** The C program as WebAssembly; empty when it can not be made. */
  Optional<Path> guestProgram() throws IOException, InterruptedException {
    List<String> clang = List.of("clang", "--target=wasm32-wasi", "-Wl,--strip-all");
    if (HostProgram.find("clang").isPresent()) {
      try {
        return Optional.of(compile(clang, "baseline.wasm", List.of("machine.c")));
      } catch (IOException e) {
        notes.add(String.valueOf(e.getMessage()));
      }
    }
    notes.add("lane wasm is left out: install Debian's " + PACKAGES);
    return Optional.empty();
  }

  private Path compile(List<String> compiler, String name, List<String> more)
      throws IOException, InterruptedException {
    Path program = folder.resolve(name);
    List<String> command = new ArrayList<>(compiler);
    command.addAll(OPTIONS);
    command.add("-o");
    command.add(program.toString());
    SHARED.forEach(file -> command.add(sources.resolve(file).toString()));
    more.forEach(file -> command.add(sources.resolve(file).toString()));
    Files.createDirectories(folder);
    HostProgram.output(command, folder);
    return program;
  }
}
