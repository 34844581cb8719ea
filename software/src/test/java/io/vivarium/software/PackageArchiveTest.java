package io.vivarium.software;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a tarball can and cannot bring onto the host. */
class PackageArchiveTest {
  private static final String FOLDER = "package/commands";

  @TempDir private Path directory;
  private Path target;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private TarArchiveOutputStream tar;

  @BeforeEach
  void open() throws IOException {
    target = Files.createDirectory(directory.resolve("target"));
    tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes), "UTF-8");
    tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
  }

  private void file(String name, String content) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(content.length());
    tar.putArchiveEntry(entry);
    tar.write(content.getBytes(UTF_8));
    tar.closeArchiveEntry();
  }

  private void link(String name, byte kind, String to) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind, true);
    entry.setLinkName(to);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private int extract() throws IOException {
    tar.close();
    Path tarball = Files.write(directory.resolve("package.tgz"), bytes.toByteArray());
    return PackageArchive.extractCommands(tarball, FOLDER, target);
  }

  private List<String> extracted() throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(file -> !Files.isDirectory(file))
          .map(file -> directory.relativize(file).toString())
          .filter(name -> !name.equals("package.tgz"))
          .sorted()
          .toList();
    }
  }

  @Test
  void the_files_of_one_folder_become_commands() throws Exception {
    file("package/package.json", "{}");
    file(FOLDER + "/ls", "ls");
    file(FOLDER + "/[", "test");
    file(FOLDER + "/deeper/cat", "cat");
    file("package/commands.bak/rm", "rm");

    assertThat(extract()).isEqualTo(2);
    assertThat(extracted()).containsExactly("target/[", "target/ls");
    assertThat(target.resolve("ls")).hasContent("ls");
  }

  @Test
  void nothing_is_written_outside_the_folder() throws Exception {
    file(FOLDER + "/../escaped", "x");
    file(FOLDER + "/..", "x");
    file(FOLDER + "/.", "x");
    file(FOLDER + "//absolute", "x");
    file("/etc/absolute", "x");
    file("../outside", "x");
    file(FOLDER + "/a\\..\\b", "x");
    file(FOLDER + "/" + "n".repeat(65), "x");
    file(FOLDER + "/new\nline", "x");

    assertThat(extract()).isZero();
    assertThat(extracted()).isEmpty();
  }

  @Test
  void links_and_devices_are_passed_over() throws Exception {
    link(FOLDER + "/symbolic", TarConstants.LF_SYMLINK, "/etc/passwd");
    link(FOLDER + "/hard", TarConstants.LF_LINK, "package/package.json");
    link(FOLDER + "/device", TarConstants.LF_CHR, "");
    link(FOLDER + "/fifo", TarConstants.LF_FIFO, "");
    file(FOLDER + "/symbolic-not", "fine");

    assertThat(extract()).isEqualTo(1);
    assertThat(extracted()).containsExactly("target/symbolic-not");
  }

  @Test
  void a_name_that_comes_twice_is_refused() throws Exception {
    file(FOLDER + "/ls", "first");
    file(FOLDER + "/ls", "second");

    assertThatExceptionOfType(IOException.class).isThrownBy(this::extract);
    assertThat(target.resolve("ls")).hasContent("first");
  }

  @Test
  void a_file_that_is_no_archive_is_refused() throws Exception {
    Path tarball = Files.writeString(directory.resolve("package.tgz"), "no archive");

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> PackageArchive.extractCommands(tarball, FOLDER, target));
  }

  @Test
  void a_tarball_with_another_digest_is_refused() throws Exception {
    Path tarball = Files.writeString(directory.resolve("package.tgz"), "something else");

    assertThatExceptionOfType(SoftwareException.class)
        .isThrownBy(() -> NpmClient.check(tarball, NpmPackage.STANDARD_COMMANDS))
        .withMessageContaining("is not the pinned one")
        .withMessageContaining(NpmPackage.STANDARD_COMMANDS.integrity());
  }
}
