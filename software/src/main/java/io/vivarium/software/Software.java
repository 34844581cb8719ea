package io.vivarium.software;

import io.vivarium.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The installed guest programs: one pinned package, verified when it was installed, shared
 * read-only by every machine. Immutable and thread-safe.
 */
public final class Software {
  private static final String INDEX = "index.tsv";
  private static final String LICENCES = "LICENCES.txt";

  private final NpmPackage origin;
  private final Map<String, Command> commands;

  private Software(NpmPackage origin, Map<String, Command> commands) {
    this.origin = origin;
    this.commands = Collections.unmodifiableMap(commands);
  }

  /** The package that the commands come from. */
  public NpmPackage origin() {
    return origin;
  }

  /** The commands by name, in the order of their names. */
  public Map<String, Command> commands() {
    return commands;
  }

  /** Whether a package is installed in a home. Reads no contents. */
  public static boolean isInstalled(SoftwareHome home, NpmPackage wanted) {
    return Files.isRegularFile(folder(home, wanted).resolve(INDEX));
  }

  /**
   * The commands of a package, installed first when they are not. Processes that install at the
   * same time wait for one another.
   *
   * @throws SoftwareException when the package cannot be fetched or is not the pinned one
   */
  public static Software install(SoftwareHome home, NpmPackage wanted, InstallProgress progress) {
    try {
      if (!isInstalled(home, wanted)) {
        installLocked(home, wanted, progress);
      }
      return open(home, wanted);
    } catch (IOException e) {
      throw new SoftwareException(
          "Cannot install "
              + wanted.spec()
              + " in "
              + home.packages()
              + ": "
              + e
              + ". Set "
              + SoftwareHome.VARIABLE
              + " to a folder that can be written.",
          e);
    }
  }

  private static void installLocked(SoftwareHome home, NpmPackage wanted, InstallProgress progress)
      throws IOException {
    Files.createDirectories(home.packages());
    Path lock = home.packages().resolve(wanted.folderName() + ".lock");
    try (FileChannel channel =
            FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        var held = channel.lock()) {
      if (held.isValid() && !isInstalled(home, wanted)) {
        fetchInto(home, wanted, progress);
      }
    }
  }

  private static void fetchInto(SoftwareHome home, NpmPackage wanted, InstallProgress progress)
      throws IOException {
    Path work = Files.createTempDirectory(home.packages(), ".install-");
    try {
      progress.at("Fetching " + wanted.spec(), 0, 0);
      Path tarball = NpmClient.fetch(wanted, work);
      Path content = Files.createDirectory(work.resolve("content"));
      progress.at("Unpacking " + wanted.spec(), 0, 0);
      PackageArchive.extractCommands(tarball, wanted.folder(), content);
      Files.write(content.resolve(INDEX), index(content));
      Files.setPosixFilePermissions(content, PosixFilePermissions.fromString("rwxr-xr-x"));
      deleteTree(folder(home, wanted));
      Files.move(content, folder(home, wanted), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      deleteTree(work);
    }
  }

  private static List<String> index(Path content) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(content)) {
      for (Path file : files.sorted().toList()) {
        ModuleDigest digest = ModuleDigest.of(Files.readAllBytes(file));
        lines.add(file.getFileName() + "\t" + digest.hex() + "\t" + Files.size(file));
      }
    }
    return lines;
  }

  private static Software open(SoftwareHome home, NpmPackage wanted) throws IOException {
    Path folder = folder(home, wanted);
    Map<String, Command> commands = new TreeMap<>();
    for (String line : Files.readAllLines(folder.resolve(INDEX))) {
      Command command = command(folder, line);
      commands.put(command.name(), command);
    }
    return new Software(wanted, commands);
  }

  private static Command command(Path folder, String line) {
    String[] parts = line.split("\t", -1);
    try {
      if (parts.length == 3 && PackageArchive.isCommandName(parts[0])) {
        long size = Long.parseLong(parts[2]);
        return new Command(parts[0], folder.resolve(parts[0]), size, new ModuleDigest(parts[1]));
      }
    } catch (IllegalArgumentException e) {
      throw new SoftwareException(damaged(folder), e);
    }
    throw new SoftwareException(damaged(folder));
  }

  private static String damaged(Path folder) {
    return "The index of " + folder + " is damaged; delete that folder to install it again";
  }

  /**
   * Copies this software, with a list of its licences, into another folder of packages, such as the
   * one that a packaged application carries. Does nothing when it is there.
   *
   * @param packages is created when it is absent
   * @throws SoftwareException when a command is not what was installed, or nothing can be written
   */
  public void copyTo(Path packages) {
    Path target = packages.resolve(origin.folderName());
    try {
      if (Files.isRegularFile(target.resolve(INDEX))) {
        return;
      }
      Files.createDirectories(packages);
      Files.write(packages.resolve(LICENCES), Licences.load().lines(this));
      Path work = Files.createTempDirectory(packages, ".copy-");
      try {
        copyCommands(work);
        Files.write(work.resolve(INDEX), index(work));
        Files.setPosixFilePermissions(work, PosixFilePermissions.fromString("rwxr-xr-x"));
        deleteTree(target);
        Files.move(work, target, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        deleteTree(work);
      }
    } catch (IOException e) {
      throw new SoftwareException("Cannot copy the software to " + packages + ": " + e, e);
    }
  }

  private void copyCommands(Path target) throws IOException {
    for (Command command : commands.values()) {
      byte[] bytes = Files.readAllBytes(command.file());
      if (!ModuleDigest.of(bytes).equals(command.digest())) {
        throw new SoftwareException(
            "The installed command "
                + command.file()
                + " was changed; delete its folder to install it again");
      }
      Files.write(target.resolve(command.name()), bytes);
    }
  }

  private static Path folder(SoftwareHome home, NpmPackage wanted) {
    return home.packages().resolve(wanted.folderName());
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(root)) {
      tree.sorted(Comparator.reverseOrder())
          .forEach(path -> {
            try {
              Files.delete(path);
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          });
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
