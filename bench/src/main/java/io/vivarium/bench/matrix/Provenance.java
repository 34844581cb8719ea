package io.vivarium.bench.matrix;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What results were measured on and with. */
final class Provenance {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path LOAD = Path.of("/proc/loadavg");
  private static final List<String> TOOLS =
      List.of("cc --version", "clang --version", "node --version", "git --version");

  private Provenance() {}

  /** A short name and what is to be said, in the order to show it. */
  static Map<String, String> collect(Path checkout, Contract contract) throws InterruptedException {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("measured", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("revision", revision(checkout));
    facts.put("contract", contract.toString());
    facts.put("processor", about(CPU, "model name"));
    facts.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    facts.put("memory", about(MEMORY, "MemTotal"));
    facts.put("load before", first(LOAD));
    facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
    facts.put("files of the host", Scratch.fileSystem());
    facts.put("java", Runtime.version() + ", " + System.getProperty("java.vm.name"));
    facts.put(
        "java options",
        String.join(
            " ",
            ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(option -> !option.startsWith("-D"))
                .toList()));
    for (String tool : TOOLS) {
      String name = tool.substring(0, tool.indexOf(' '));
      facts.put(name, output(List.of(tool.split(" ")), checkout));
    }
    return facts;
  }

  private static String revision(Path checkout) throws InterruptedException {
    String commit = output(List.of("git", "rev-parse", "--short", "HEAD"), checkout);
    boolean changed = !output(List.of("git", "status", "--porcelain"), checkout).isEmpty();
    return commit + (changed ? " with changes" : "");
  }

  private static String output(List<String> command, Path directory) throws InterruptedException {
    try {
      return HostProgram.output(command, directory).lines().findFirst().orElse("");
    } catch (IOException e) {
      return "none";
    }
  }

  private static String about(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
          return line.substring(colon + 1).strip();
        }
      }
    } catch (IOException e) {
      return "unknown";
    }
    return "unknown";
  }

  private static String first(Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      return "unknown";
    }
  }
}
