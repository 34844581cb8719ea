package io.vivarium.cli;

import io.vivarium.ExecResult;
import io.vivarium.SoftwareEntry;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.VivariumException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Checks of the installed software, of where it lies, and that a machine runs. */
final class SoftwareChecks {
  private static final long ENOUGH_BYTES = 1L << 30;
  private static final String ELSEWHERE =
      "Set VIVARIUM_HOME to a directory that you can write and that only you can.";

  private SoftwareChecks() {}

  static List<Finding> findings() {
    Vivarium.Builder builder = Installation.builder();
    if (!builder.isInstalled()) {
      return List.of(missing(builder.packagesFolder()), npm(), directory(builder.codeFolder()));
    }
    List<Finding> findings = new ArrayList<>();
    try (Vivarium vivarium = builder.create()) {
      List<SoftwareEntry> entries = vivarium.software();
      findings.add(installed(entries, vivarium.packagesFolder()));
      findings.add(compiled(entries));
      findings.add(directory(vivarium.codeFolder()));
      findings.add(machine(vivarium));
    } catch (VivariumException e) {
      findings.add(Finding.fail("the software cannot be opened", String.valueOf(e.getMessage())));
    }
    return findings;
  }

  private static Finding missing(Path folder) {
    return Finding.warn(
        "no software in " + folder, "Nothing to do: the first command that needs it installs it.");
  }

  private static Finding npm() {
    String path = Objects.requireNonNullElse(System.getenv("PATH"), "");
    for (String folder : path.split(File.pathSeparator, -1)) {
      Path npm = Path.of(folder, "npm");
      if (!folder.isEmpty() && Files.isExecutable(npm)) {
        return Finding.ok("npm, to install software with: " + npm);
      }
    }
    return Finding.fail(
        "there is no npm to install software with",
        "Install Node.js with npm, or use a packaged viv, which carries its software.");
  }

  private static Finding installed(List<SoftwareEntry> entries, Path folder) {
    if (entries.isEmpty()) {
      return Finding.fail("no commands in " + folder, "Delete that directory and run viv again.");
    }
    SoftwareEntry first = entries.getFirst();
    return Finding.ok(
        entries.size()
            + " commands of "
            + first.packageName()
            + "@"
            + first.version()
            + " in "
            + folder);
  }

  private static Finding compiled(List<SoftwareEntry> entries) {
    long count = entries.stream().filter(SoftwareEntry::compiled).count();
    String fact = count + " of " + entries.size() + " commands are compiled";
    return count == entries.size()
        ? Finding.ok(fact)
        : Finding.warn(
            fact + "; others are slow when they first run", "Run viv software compile once.");
  }

  private static Finding directory(Path code) {
    Path present = code;
    while (!Files.exists(present) && present.getParent() != null) {
      present = present.getParent();
    }
    if (!Files.isWritable(present)) {
      return Finding.fail("compiled code cannot be kept in " + code, ELSEWHERE);
    }
    try {
      if (present.equals(code) && !isPrivate(code)) {
        return Finding.fail(
            "others can change the compiled code in " + code, "Run chmod go-w " + code);
      }
      long free = Files.getFileStore(present).getUsableSpace();
      String fact = "compiled code in " + code + ", " + ByteSize.format(free) + " free";
      return free >= ENOUGH_BYTES
          ? Finding.ok(fact)
          : Finding.warn(fact, "Make room, or set VIVARIUM_HOME to another directory.");
    } catch (IOException e) {
      return Finding.fail("cannot look at " + present + ": " + e, ELSEWHERE);
    }
  }

  private static boolean isPrivate(Path code) throws IOException {
    String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(code));
    return permissions.charAt(4) == '-' && permissions.charAt(7) == '-';
  }

  private static Finding machine(Vivarium vivarium) {
    long start = System.nanoTime();
    try (VirtualMachine machine = vivarium.machine()) {
      ExecResult result = machine.exec(List.of("echo", "hello"));
      long millis = (System.nanoTime() - start) / 1_000_000;
      return result.succeeded() && result.stdoutText().equals("hello\n")
          ? Finding.ok("a machine runs: echo took " + millis + " ms")
          : Finding.fail(
              "echo in a machine ended with " + result + ": " + result.stderrText().strip(),
              "This is a defect of viv.");
    }
  }
}
