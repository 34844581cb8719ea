package io.vivarium.cli;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Checks of the JVM that {@code viv} runs in, and of the system below it. */
final class JavaChecks {
  private static final int RELEASE = 25;
  private static final String HUGE_METHODS = "-XX:-DontCompileHugeMethods";
  private static final String NODES = "-XX:MaxNodeLimit=";
  private static final String NODES_OF_GUESTS = "-XX:CompileCommand=MaxNodeLimit,";
  private static final String CACHE = "-XX:AOTCache=";
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
  private static final Path MAPPINGS = Path.of("/proc/self/maps");

  private final List<String> options;

  /** The checks of this JVM. */
  JavaChecks() {
    options = ManagementFactory.getRuntimeMXBean().getInputArguments();
  }

  List<Finding> findings() {
    return List.of(
        version(), hugeMethods(), startUpCache(), nativeAccess(), memory(), hostDirectories());
  }

  private static Finding version() {
    String java =
        "Java "
            + Runtime.version()
            + " ("
            + System.getProperty("java.vendor")
            + "), "
            + System.getProperty("java.home");
    return Runtime.version().feature() >= RELEASE
        ? Finding.ok(java)
        : Finding.fail(java, "Install a JDK " + RELEASE + " and set VIV_JAVA_HOME to it.");
  }

  private Finding hugeMethods() {
    if (!options.contains(HUGE_METHODS)) {
      return Finding.warn(
          "long methods are interpreted: commands run several times slower",
          "Start viv with its launcher, or add " + HUGE_METHODS + " to the options of the JVM.");
    }
    boolean limited =
        options.stream()
            .anyMatch(option -> option.startsWith(NODES) || option.startsWith(NODES_OF_GUESTS));
    return limited
        ? Finding.ok("long methods are compiled (" + HUGE_METHODS + ")")
        : Finding.warn(
            "compiling one of the longest methods may take half a minute of a processor",
            "Start viv with its launcher, or add " + NODES + "30000 to the options of the JVM.");
  }

  private Finding startUpCache() {
    for (String option : options) {
      if (option.startsWith(CACHE)) {
        Path cache = Path.of(option.substring(CACHE.length()));
        return isMapped(cache)
            ? Finding.ok("start-up cache " + cache)
            : Finding.warn(
                "the JVM does not use the start-up cache " + cache,
                "Delete that file; the next launch of viv makes another.");
      }
    }
    return "off".equals(System.getenv("VIV_AOT"))
        ? Finding.warn(
            "VIV_AOT is off: every launch takes some tenths of a second longer", "Unset VIV_AOT.")
        : Finding.warn(
            "no start-up cache yet: launches take some tenths of a second longer",
            "Nothing to do: the second launch of viv makes it, which takes a minute.");
  }

  /** Where the system does not tell, the JVM is believed to use what it was given. */
  private static boolean isMapped(Path cache) {
    try {
      return Files.readString(MAPPINGS).contains(cache.toRealPath().toString());
    } catch (IOException e) {
      return !Files.exists(MAPPINGS);
    }
  }

  private static Finding nativeAccess() {
    return Viv.class.getModule().isNativeAccessEnabled()
        ? Finding.ok("native access is allowed")
        : Finding.fail(
            "native access is not allowed: no host directories, no interactive terminal",
            "Start viv with its launcher, or add --enable-native-access=ALL-UNNAMED.");
  }

  private static Finding memory() {
    long bytes = Runtime.getRuntime().maxMemory();
    String fact = "heap of up to " + ByteSize.format(bytes);
    return bytes >= 512L << 20
        ? Finding.ok(fact)
        : Finding.warn(fact + ": large commands may fail", "Set VIV_JAVA_OPTS=-Xmx2g.");
  }

  private static Finding hostDirectories() {
    String system =
        System.getProperty("os.name")
            + " "
            + System.getProperty("os.version")
            + " "
            + System.getProperty("os.arch");
    if (!system.toLowerCase(Locale.ROOT).startsWith("linux")) {
      return Finding.warn(
          system + ": directories of the host cannot be mounted",
          "Copy files in through standard input, or run viv on Linux.");
    }
    return Files.isDirectory(DESCRIPTORS)
        ? Finding.ok(system + ", host directories can be mounted")
        : Finding.fail(
            system + ": " + DESCRIPTORS + " is missing: host directories cannot be mounted",
            "Mount /proc where viv runs.");
  }
}
