package io.vivarium.cli;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * The {@code viv} command: the top of its tree of subcommands.
 *
 * <p>Commands are described to picocli by calls, not by annotations: reading annotations costs
 * every launch a sixth of a second.
 */
final class Viv {
  private Viv() {}

  /**
   * Runs {@code viv} and ends the JVM with its exit status.
   *
   * @param args the arguments of {@code viv}
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  private static CommandLine commandLine() {
    CommandSpec viv = CommandSpec.create().name("viv").mixinStandardHelpOptions(true);
    viv.version("viv " + version());
    viv.usageMessage().description("Runs commands in a virtual machine.");
    CommandLine commandLine = new CommandLine(viv);
    // What follows a guest command belongs to it, file references and options included.
    commandLine.setExpandAtFiles(false);
    commandLine.setStopAtPositional(true);
    commandLine.setExecutionStrategy(Viv::run);
    return commandLine;
  }

  private static int run(CommandLine.ParseResult parsed) {
    Integer helpShown = CommandLine.executeHelpRequest(parsed);
    if (helpShown != null) {
      return helpShown;
    }
    // Without a subcommand there is nothing to run, so this shows what there is.
    CommandLine commandLine = parsed.commandSpec().commandLine();
    commandLine.usage(commandLine.getOut());
    return CommandLine.ExitCode.OK;
  }

  /** Returns the version of this build, from the manifest of its jar. */
  private static String version() {
    String version = Viv.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "(not packaged)");
  }
}
