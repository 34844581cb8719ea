package io.vivarium.conformance.shell;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.Progress;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The shell of a machine: a fresh machine for every snippet and every command. */
final class MachineBash implements ShellUnderTest, CommandUnderTest, AutoCloseable {
  private static final String BASE = "/tmp/conformance";

  private final Vivarium vivarium = Vivarium.create();

  /** Compiles every command first, so that no snippet waits for that. */
  MachineBash() {
    vivarium.compileAll(Progress.SILENT);
  }

  @Override
  public Outcome run(ScriptUser user, String script) {
    int uid = user == ScriptUser.ROOT ? 0 : ScriptEnvironment.USER_ID;
    String work = BASE + "/" + ScriptEnvironment.WORK;
    String home = BASE + "/" + ScriptEnvironment.HOME;
    Map<String, String> environment = new TreeMap<>(ScriptEnvironment.variables());
    environment.put("PATH", "/usr/local/bin:/usr/bin:/bin");
    environment.put("HOME", home);
    environment.put("USER", uid == 0 ? "root" : "user");
    try (VirtualMachine machine = vivarium.machine()) {
      for (String directory : List.of(BASE, work, home)) {
        Path path = Files.createDirectory(machine.files().getPath(directory));
        Files.setAttribute(path, "unix:uid", uid);
        Files.setAttribute(path, "unix:gid", uid);
      }
      Command command =
          Command.of("bash", "-c", script)
              .withCleanEnvironment()
              .withUser(uid + ":" + uid)
              .withWorkingDirectory(work)
              .withTimeout(ScriptEnvironment.TIME_LIMIT);
      for (Map.Entry<String, String> variable : environment.entrySet()) {
        command = command.withEnvironment(variable.getKey(), variable.getValue());
      }
      return outcome(machine.exec(command));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Outcome run(CommandUse use) {
    List<String> arguments = new ArrayList<>();
    arguments.add(use.command());
    arguments.addAll(use.arguments());
    try (VirtualMachine machine = vivarium.machine()) {
      return outcome(
          machine.exec(
              Command.of(arguments)
                  .withInput(use.stdin().getBytes(ISO_8859_1))
                  .withWorkingDirectory("/tmp")
                  .withTimeout(ScriptEnvironment.TIME_LIMIT)));
    }
  }

  @Override
  public void close() {
    vivarium.close();
  }

  private static Outcome outcome(ExecResult result) {
    int status = result.timedOut() ? Outcome.TIMED_OUT : result.exitStatus();
    return Outcome.of(result.stdout(), result.stderr(), status);
  }
}
