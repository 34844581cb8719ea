package io.vivarium.cli;

import io.vivarium.Command;
import io.vivarium.GuestProcess;
import io.vivarium.MachineOptions;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/** {@code viv wasm}: any WASI preview 1 program, with options as other runtimes have them. */
final class WasmCommand implements Subcommand {
  @Override
  public Options options() {
    Options options =
        new Options()
            .addOption(Arguments.value(null, "dir"))
            .addOption(Arguments.value(null, "dir-ro"))
            .addOption(Arguments.value("e", "env"))
            .addOption(Arguments.value(null, "timeout"));
    return Watching.addTo(options);
  }

  @Override
  public int run(Arguments arguments) throws InterruptedException {
    List<GrantedDirectory> directories = directories(arguments);
    List<String> environment = MachineFlags.environment(arguments);
    String timeout = arguments.value("timeout");
    TimeLimit limit = timeout == null ? null : TimeLimit.parse(timeout);
    if (arguments.operands().isEmpty()) {
      throw new UsageError("a module is missing");
    }
    Path module = module(arguments.operands().getFirst());
    List<String> rest = arguments.operands().subList(1, arguments.operands().size());
    Command command = Command.module(module, rest.toArray(new String[0]));
    for (GrantedDirectory directory : directories) {
      command = command.withDirectory(directory.path(), directory.name());
    }
    try (Watching watching = Watching.of(arguments)) {
      return run(directories, watching, MachineFlags.withEnvironment(command, environment), limit);
    }
  }

  @SuppressWarnings("try") // what it has counted is complete when the machine is closed
  private static int run(
      List<GrantedDirectory> directories,
      Watching watching,
      Command command,
      @Nullable TimeLimit limit)
      throws InterruptedException {
    try (Vivarium vivarium = Installation.open();
        VirtualMachine machine =
            vivarium.machine(options -> {
              mount(directories, options);
              watching.configure(options);
            })) {
      int status;
      try (GuestProcess process = machine.spawn(command)) {
        status = new PassThrough(process).run(limit);
      }
      machine.close();
      watching.report(machine);
      return status;
    }
  }

  private static void mount(List<GrantedDirectory> directories, MachineOptions machine) {
    for (GrantedDirectory directory : directories) {
      try {
        machine.mount(directory.path(), directory.mount());
      } catch (IllegalArgumentException e) {
        throw new UsageError("--dir: " + e.getMessage());
      }
    }
  }

  private static List<GrantedDirectory> directories(Arguments arguments) {
    List<GrantedDirectory> directories = new ArrayList<>();
    for (String text : arguments.values("dir")) {
      directories.add(GrantedDirectory.parse("--dir", text, directories.size(), false));
    }
    for (String text : arguments.values("dir-ro")) {
      directories.add(GrantedDirectory.parse("--dir-ro", text, directories.size(), true));
    }
    return directories;
  }

  private static Path module(String text) {
    try {
      Path path = Path.of(text).toAbsolutePath();
      if (Files.isRegularFile(path)) {
        return path;
      }
      throw new UsageError(
          text + (Files.exists(path) ? " is not a file" : " does not exist on the host"));
    } catch (InvalidPathException e) {
      throw new UsageError("no host path: " + e.getReason());
    }
  }
}
