package io.vivarium.conformance.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.launcher.Command.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code viv} in a checkout: it builds what is missing or stale, once. The checkout is a small
 * copy, and its Maven is a script that puts the finished application in place and counts its calls.
 */
final class CheckoutLauncherIT {
  @TempDir private Path checkout;
  private Path calls;
  private Path source;

  @BeforeEach
  void make_a_checkout() throws IOException {
    calls = checkout.resolve("calls");
    source = checkout.resolve("cli/src/main/Source.java");
    for (String file : List.of("viv", "mvnw", "pom.xml", "cli/src/main/sh/find-jdk.sh")) {
      Files.createDirectories(checkout.resolve(file).getParent());
      Files.copy(Applications.ROOT.resolve(file), checkout.resolve(file));
      assertThat(checkout.resolve(file).toFile().setExecutable(true)).isTrue();
    }
    Files.writeString(source, "");
    writeMaven("");
  }

  @Test
  void first_launch_builds_and_second_does_not() throws Exception {
    Result first = viv().result();
    Result second = viv().result();

    assertThat(first.status()).isZero();
    assertThat(first.err()).isEqualTo("viv: building what is missing or stale\n");
    assertThat(second.err()).isEmpty();
    assertThat(second.out()).isEqualTo(first.out()).startsWith("viv ");
    assertThat(calls).hasContent("build");
  }

  @Test
  void changed_added_or_deleted_source_is_built_again() throws Exception {
    Path other = source.resolveSibling("Other.java");
    viv().result();

    later(() -> Files.writeString(source, "changed"), source);
    viv().result();
    later(() -> Files.writeString(other, ""), other.getParent());
    viv().result();
    later(() -> Files.delete(other), other.getParent());
    viv().result();

    assertThat(Files.readAllLines(calls)).hasSize(4);
  }

  @Test
  void rebuild_leaves_the_application_of_a_running_viv_alone() throws Exception {
    viv().result();
    Path running = checkout.resolve(".viv/app/1/lib/viv.jar");
    FileTime before = Files.getLastModifiedTime(running);

    later(() -> Files.writeString(source, "changed"), source);
    viv().result();

    assertThat(running).isRegularFile();
    assertThat(Files.getLastModifiedTime(running)).isEqualTo(before);
    assertThat(checkout.resolve(".viv/app/2/lib/viv.jar")).isRegularFile();
  }

  @Test
  void launches_at_the_same_time_build_once_and_all_run() throws Exception {
    writeMaven("sleep 1");
    List<Command> launches = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      launches.add(viv());
    }

    for (Command launch : launches) {
      Result result = launch.result();
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(result.out()).startsWith("viv ");
    }
    assertThat(calls).hasContent("build");
    assertThat(checkout.resolve(".viv/lock")).doesNotExist();
  }

  @Test
  void lock_of_a_builder_that_died_is_cleared() throws Exception {
    Process died = new ProcessBuilder("true").start();
    died.waitFor();
    Files.createDirectory(checkout.resolve(".viv"));
    Files.createSymbolicLink(checkout.resolve(".viv/lock"), Path.of(Long.toString(died.pid())));

    assertThat(viv().result().status()).isZero();
    assertThat(Files.isSymbolicLink(checkout.resolve(".viv/lock"))).isFalse();
  }

  @Test
  void failed_build_says_why_and_is_tried_again() throws Exception {
    writeMaven("echo '[ERROR] no such thing'; exit 1");
    Result failed = viv().result();
    writeMaven("");
    Result built = viv().result();

    assertThat(failed.status()).isEqualTo(1);
    assertThat(failed.out()).isEmpty();
    assertThat(failed.err()).contains("[ERROR] no such thing", "the build failed");
    assertThat(built.status()).isZero();
  }

  private Command viv() throws IOException {
    return Command.start(
        Map.of(
            "VIV_JAVA_HOME", System.getProperty("java.home"),
            "VIV_AOT", "off",
            "MVN", checkout.resolve("maven").toString()),
        checkout.resolve("viv").toString(),
        "--version");
  }

  private void writeMaven(String first) throws IOException {
    Path maven = checkout.resolve("maven");
    String copy = "cp -R '" + Applications.BUILT + "' '" + checkout + "/cli/target/fast/'";
    Files.writeString(
        maven,
        String.join(
            "\n",
            "#!/bin/sh",
            "set -e",
            first,
            "echo build >> '" + calls + "'",
            "mkdir -p '" + checkout + "/cli/target/fast'",
            copy,
            ""));
    assertThat(maven.toFile().setExecutable(true)).isTrue();
  }

  /** A change to the files of the checkout. */
  private interface Change {
    void make() throws IOException;
  }

  /**
   * Makes a change and dates it a second ahead, as file times may be too coarse to tell otherwise.
   */
  private static void later(Change change, Path changed) throws IOException {
    change.make();
    Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(1)));
  }
}
