package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mounts of {@code exec} and {@code sh}, and the directories that {@code wasm} grants. */
final class HostMountTest {
  @TempDir private Path directory;

  @Test
  void mount_is_writable_unless_it_says_ro() {
    assertThat(HostMount.parse(directory + ":/work"))
        .isEqualTo(new HostMount(directory, "/work", false));
    assertThat(HostMount.parse(directory + ":/work:rw"))
        .isEqualTo(new HostMount(directory, "/work", false));
    assertThat(HostMount.parse(directory + ":/work:ro"))
        .isEqualTo(new HostMount(directory, "/work", true));
  }

  @Test
  void host_part_may_be_relative_and_hold_colons() throws IOException {
    Path odd = Files.createDirectory(directory.resolve("a:b"));

    assertThat(HostMount.parse(odd + ":/x").host()).isEqualTo(odd);
    assertThat(HostMount.parse(".:/x").host()).isEqualTo(Path.of(".").toAbsolutePath());
  }

  @Test
  void mount_without_absolute_guest_path_is_refused() {
    for (String text :
        new String[] {"", ":", "/x", ":/x", directory + ":work", directory + ":ro"}) {
      assertThatThrownBy(() -> HostMount.parse(text))
          .as(text)
          .isInstanceOf(UsageError.class)
          .hasMessageContaining("HOST:GUEST[:ro]");
    }
  }

  @Test
  void missing_directory_and_file_are_refused() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));

    assertThatThrownBy(() -> HostMount.parse(directory + "/no:/x"))
        .hasMessage("--mount: " + directory + "/no does not exist on the host");
    assertThatThrownBy(() -> HostMount.parse(file + ":/x"))
        .hasMessage("--mount: " + file + " is not a directory");
  }

  @Test
  void granted_directory_has_the_name_it_is_given_or_its_own() {
    assertThat(GrantedDirectory.parse("--dir", directory + "::/data", 0, false))
        .isEqualTo(new GrantedDirectory(directory, "/data", "/mnt/0", false));
    assertThat(GrantedDirectory.parse("--dir", directory + "::.", 1, true))
        .isEqualTo(new GrantedDirectory(directory, ".", "/mnt/1", true));
    assertThat(GrantedDirectory.parse("--dir", ".", 2, false).name()).isEqualTo(".");
  }

  @Test
  void granted_directory_without_host_or_name_is_refused() {
    for (String text : new String[] {"", "::", "::/x", directory + "::"}) {
      assertThatThrownBy(() -> GrantedDirectory.parse("--dir", text, 0, false))
          .as(text)
          .isInstanceOf(UsageError.class)
          .hasMessageContaining("--dir takes HOST[::GUEST]");
    }
  }
}
