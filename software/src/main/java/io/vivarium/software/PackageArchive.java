package io.vivarium.software;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;

/** Takes the commands out of a package's tarball. */
final class PackageArchive {
  private static final Pattern COMMAND_NAME = Pattern.compile("[A-Za-z0-9_.+\\[-]{1,64}");

  /** Most bytes of one command in a package. */
  private static final long MAX_COMMAND_BYTES = 256L << 20;

  private PackageArchive() {}

  /**
   * Extracts the regular files directly in one folder of a tarball. Other entries, whatever their
   * names, are passed over.
   *
   * @return how many commands were written
   */
  static int extractCommands(Path tarball, String folder, Path target) throws IOException {
    int count = 0;
    try (var tar =
        new TarArchiveInputStream(
            new GzipCompressorInputStream(
                new BufferedInputStream(Files.newInputStream(tarball))))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        String path = entry.getName();
        if (!isRegular(entry) || !path.startsWith(folder + "/")) {
          continue;
        }
        String name = path.substring(folder.length() + 1);
        if (!isCommandName(name)) {
          continue;
        }
        if (entry.getSize() > MAX_COMMAND_BYTES) {
          throw new SoftwareException("The command " + name + " is larger than 256 MiB");
        }
        Files.copy(tar, target.resolve(name));
        count++;
      }
    }
    return count;
  }

  /** What the library calls a file is everything but a directory. */
  private static boolean isRegular(TarArchiveEntry entry) {
    byte kind = entry.getLinkFlag();
    return entry.isFile() && (kind == TarConstants.LF_NORMAL || kind == TarConstants.LF_OLDNORM);
  }

  /** Whether a file may have this name: one component of a path, and nothing else. */
  static boolean isCommandName(String name) {
    return COMMAND_NAME.matcher(name).matches() && !name.equals(".") && !name.equals("..");
  }
}
