package io.vivarium.software;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Installed packages: what is believed of them, and how machines see them. */
class SoftwareTest {
  private static final NpmPackage PACKAGE =
      new NpmPackage("@some/where", "1.2.3", "sha512-", "MIT", "package/commands");
  private static final String DIGEST = ModuleDigest.of("ls".getBytes(UTF_8)).hex();

  @TempDir private Path directory;
  private SoftwareHome home;
  private Path folder;

  @BeforeEach
  void install() throws IOException {
    home = SoftwareHome.at(directory.resolve("home"));
    folder = Files.createDirectories(home.packages().resolve("some-where-1.2.3"));
    Files.writeString(folder.resolve("ls"), "ls");
    index("ls\t" + DIGEST + "\t2");
  }

  private void index(String... lines) throws IOException {
    Files.write(folder.resolve("index.tsv"), List.of(lines));
  }

  private Software open() {
    return Software.install(home, PACKAGE, (step, done, total) -> {});
  }

  private Inode ls() {
    Inode inode = new SoftwareFileSystem(open()).root().lookup("ls");
    assertThat(inode).isNotNull();
    return inode;
  }

  // ---- the host -------------------------------------------------------------------------------

  @Test
  void what_is_installed_is_not_fetched_again() {
    assertThat(Software.isInstalled(home, PACKAGE)).isTrue();
    assertThat(open().commands())
        .containsOnlyKeys("ls")
        .containsValue(new Command("ls", folder.resolve("ls"), 2, new ModuleDigest(DIGEST)));
  }

  @Test
  void a_folder_without_index_is_not_installed() throws IOException {
    Files.delete(folder.resolve("index.tsv"));

    assertThat(Software.isInstalled(home, PACKAGE)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "garbage",
        "ls\t12ab\t2",
        "ls\tDIGEST\ttwo",
        "ls\tDIGEST\t2\t3",
        "../ls\tDIGEST\t2",
        "/etc/passwd\tDIGEST\t2",
        "\tDIGEST\t2"
      })
  void a_damaged_index_is_told_with_the_way_out(String line) throws IOException {
    index(line.replace("DIGEST", DIGEST));

    assertThatExceptionOfType(SoftwareException.class)
        .isThrownBy(this::open)
        .withMessage(
            "The index of " + folder + " is damaged; delete that folder to install it again");
  }

  @Test
  void a_home_that_can_not_be_written_is_told_with_the_way_out() throws IOException {
    SoftwareHome file = SoftwareHome.at(Files.createFile(directory.resolve("file")));

    assertThatExceptionOfType(SoftwareException.class)
        .isThrownBy(() -> Software.install(file, PACKAGE, (step, done, total) -> {}))
        .withMessageContaining("Cannot install @some/where@1.2.3 in " + file.packages())
        .withMessageContaining("Set VIVARIUM_HOME to a folder that can be written");
  }

  // ---- copies ---------------------------------------------------------------------------------

  @Test
  void a_copy_has_the_commands_and_their_licences() throws IOException {
    Path packages = directory.resolve("copy");
    open().copyTo(packages);

    SoftwareHome copy = home.withPackages(packages);
    assertThat(Software.isInstalled(copy, PACKAGE)).isTrue();
    Software copied = Software.install(copy, PACKAGE, (step, done, total) -> {});
    assertThat(copied.commands().get("ls").file()).hasContent("ls");
    assertThat(packages.resolve("LICENCES.txt")).content().contains("ls");
  }

  @Test
  void a_command_that_was_changed_is_not_copied() throws IOException {
    Software software = open();
    Files.writeString(folder.resolve("ls"), "rm");
    Path packages = directory.resolve("copy");

    assertThatExceptionOfType(SoftwareException.class)
        .isThrownBy(() -> software.copyTo(packages))
        .withMessageContaining("was changed; delete its folder to install it again");
    assertThat(Software.isInstalled(home.withPackages(packages), PACKAGE)).isFalse();
  }

  // ---- the guest ------------------------------------------------------------------------------

  @Test
  void a_command_is_a_file_of_root_that_everybody_runs() {
    Inode ls = ls();
    byte[] buffer = new byte[10];

    assertThat(ls.type()).isEqualTo(FileType.REGULAR);
    assertThat(ls.stat().mode() & 07777).isEqualTo(0755);
    assertThat(ls.stat().uid()).isZero();
    assertThat(ls.read(0, buffer, 0, 10)).isEqualTo(2);
    assertThat(new String(buffer, 0, 2, UTF_8)).isEqualTo("ls");
    assertThat(ls.read(2, buffer, 0, 10)).isZero();
  }

  @Test
  void a_command_can_not_be_changed_from_inside() {
    Inode ls = ls();

    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> ls.write(0, new byte[1], 0, 1));
    assertThatExceptionOfType(ErrnoException.class).isThrownBy(() -> ls.truncate(0));
    assertThat(folder.resolve("ls")).hasContent("ls");
  }

  @ParameterizedTest
  @ValueSource(strings = {"shorter", "gone"})
  void a_command_that_was_changed_on_the_host_is_an_io_error(String how) throws IOException {
    Inode ls = ls();
    if (how.equals("gone")) {
      Files.delete(folder.resolve("ls"));
    } else {
      Files.writeString(folder.resolve("ls"), "l");
    }

    assertThatExceptionOfType(ErrnoException.class)
        .isThrownBy(() -> ls.read(0, new byte[1], 0, 1))
        .extracting(ErrnoException::errno)
        .isEqualTo(Errno.EIO);
  }
}
