package io.vivarium.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.launcher.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packaged {@code viv}: it needs Java and nothing else. */
final class InstalledLauncherIT {
  private static final Map<String, String> THIS_JAVA =
      Map.of("VIV_JAVA_HOME", System.getProperty("java.home"));
  private static final Map<String, String> NO_CACHE =
      Map.of("VIV_JAVA_HOME", System.getProperty("java.home"), "VIV_AOT", "off");

  @TempDir private Path directory;
  private Path application;
  private String viv;

  @BeforeEach
  void copy_the_application() throws IOException {
    application = directory.resolve("with space").resolve("viv");
    Applications.copyTo(application);
    viv = application.resolve("bin/viv").toString();
  }

  @Test
  void runs_where_it_is_and_says_its_version() throws Exception {
    Result result = Command.run(NO_CACHE, viv, "--version");

    assertThat(result.err()).isEmpty();
    assertThat(result.out()).matches("viv \\d+\\.\\d+\\.\\d+\\S*\\n");
    assertThat(result.status()).isZero();
  }

  @Test
  void runs_through_a_chain_of_symbolic_links() throws Exception {
    Path first = Files.createSymbolicLink(directory.resolve("first"), Path.of(viv));
    Files.createDirectory(directory.resolve("bin"));
    Path second =
        Files.createSymbolicLink(directory.resolve("bin/viv"), Path.of("..").resolve("first"));

    assertThat(Files.readSymbolicLink(first)).isEqualTo(Path.of(viv));
    assertThat(Command.run(NO_CACHE, second.toString(), "--version").status()).isZero();
  }

  @Test
  void runs_from_the_archive() throws Exception {
    Result unpacked =
        Command.run(
            Map.of(),
            "tar",
            "-xzf",
            Applications.archive().toString(),
            "-C",
            directory.toString(),
            "--strip-components=1");

    assertThat(unpacked.err()).isEmpty();
    String unpackedViv = directory.resolve("bin/viv").toString();
    assertThat(Command.run(NO_CACHE, unpackedViv, "--version").status()).isZero();
    Result hello = Command.run(NO_CACHE, unpackedViv, "exec", "--", "echo", "hello");
    assertThat(hello).isEqualTo(new Result(0, "hello\n", ""));
    assertThat(directory.resolve("LICENSE")).isRegularFile();
    assertThat(directory.resolve("THIRD-PARTY.txt")).content().contains("Endive", "Commons CLI");
  }

  @Test
  void passes_the_exit_status_through() throws Exception {
    assertThat(Command.run(NO_CACHE, viv, "--no-such-option").status()).isEqualTo(2);
  }

  @Test
  void refuses_a_chosen_java_that_is_none() throws Exception {
    Result result = Command.run(Map.of("VIV_JAVA_HOME", directory.resolve("none").toString()), viv);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("VIV_JAVA_HOME is").contains("none");
    assertThat(result.out()).isEmpty();
  }

  @Test
  void refuses_a_chosen_java_that_is_too_old() throws Exception {
    Path old = directory.resolve("jdk-21");
    Files.createDirectories(old.resolve("bin"));
    Files.writeString(old.resolve("bin/java"), "#!/bin/sh\n");
    assertThat(old.resolve("bin/java").toFile().setExecutable(true)).isTrue();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"21.0.4\"\n");

    Result result = Command.run(Map.of("VIV_JAVA_HOME", old.toString()), viv);

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("holds no JDK 25 or newer");
  }

  /** Both the start-up cache and, where that is still to do, all compiled guest programs. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void second_launch_prepares_what_later_launches_use() throws Exception {
    Command.run(NO_CACHE, viv, "exec", "--", "true"); // installs what is missing
    Command.run(THIS_JAVA, viv, "--version");
    assertThat(prepared()).isEmpty();
    Command.run(THIS_JAVA, viv, "--version");
    while (!prepared().equals(Set.of(javaBuild(), javaBuild() + ".ready"))) {
      Thread.sleep(100);
    }

    Map<String, String> showCache =
        Map.of(
            "VIV_JAVA_HOME",
            System.getProperty("java.home"),
            "VIV_JAVA_OPTS",
            "-XX:AOTMode=on -Xlog:class+load:stderr");
    Result result = Command.run(showCache, viv, "--version");
    assertThat(result.status()).isZero();
    assertThat(result.err()).contains("io.vivarium.cli.Viv source: shared objects file");
  }

  @Test
  void launches_prepare_again_while_there_is_no_software_but_keep_the_cache() throws Exception {
    Map<String, String> empty =
        Map.of(
            "VIV_JAVA_HOME",
            System.getProperty("java.home"),
            "VIVARIUM_HOME",
            directory.resolve("home").toString());
    Command.run(empty, viv, "--version");
    Command.run(empty, viv, "--version");
    while (!prepared().equals(Set.of(javaBuild()))) {
      Thread.sleep(100);
    }

    assertThat(directory.resolve("home/packages")).doesNotExist();
  }

  @Test
  void damaged_start_up_cache_is_neither_fatal_nor_seen() throws Exception {
    Files.createDirectory(application.resolve("aot"));
    Files.writeString(application.resolve("aot").resolve(javaBuild()), "no cache at all");
    Files.createFile(application.resolve("aot").resolve(javaBuild() + ".ready"));

    Result result = Command.run(THIS_JAVA, viv, "--version");

    assertThat(result.status()).isZero();
    assertThat(result.out()).startsWith("viv ").hasLineCount(1);
    assertThat(result.err()).isEmpty();
  }

  private Set<String> prepared() throws IOException {
    try (Stream<Path> files = Files.list(application.resolve("aot"))) {
      return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
    }
  }

  private static String javaBuild() {
    return Runtime.version().toString();
  }
}
