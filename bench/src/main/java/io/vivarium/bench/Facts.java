package io.vivarium.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What the figures were measured on. */
public final class Facts {
  private static final Path CPU = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path LOAD = Path.of("/proc/loadavg");

  private Facts() {}

  /** A line for each fact. */
  public static List<String> lines() {
    Runtime runtime = Runtime.getRuntime();
    List<String> lines = new ArrayList<>();
    lines.add(
        "JDK "
            + Runtime.version()
            + ", "
            + System.getProperty("java.vm.name")
            + ", "
            + ManagementFactory.getGarbageCollectorMXBeans().getFirst().getName()
            + " collector, heap at most "
            + (runtime.maxMemory() >> 20)
            + " MiB");
    lines.add(
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch")
            + ", "
            + runtime.availableProcessors()
            + " processors"
            + about(CPU, "model name")
            + about(MEMORY, "MemTotal"));
    lines.add("load before: " + first(LOAD));
    lines.add(
        "JVM options: "
            + String.join(" ", ManagementFactory.getRuntimeMXBean().getInputArguments()));
    return lines;
  }

  private static String about(Path file, String key) {
    try {
      for (String line : Files.readAllLines(file)) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(key)) {
          return ", " + line.substring(colon + 1).strip();
        }
      }
    } catch (IOException e) {
      return "";
    }
    return "";
  }

  private static String first(Path file) {
    try {
      return Files.readString(file).strip().toLowerCase(Locale.ROOT);
    } catch (IOException e) {
      return "unknown";
    }
  }
}
