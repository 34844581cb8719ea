package io.vivarium.cli;

import io.vivarium.NotStartedException;
import io.vivarium.VivariumException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.commons.cli.Options;

/**
 * The {@code viv} command: finds the subcommand, and turns whatever goes wrong into one line on
 * standard error and an exit status.
 */
final class Viv {
  private Viv() {}

  /**
   * Runs {@code viv} and ends the JVM with its exit status.
   *
   * @param args the arguments of {@code viv}
   */
  public static void main(String[] args) {
    System.exit(run(RawArguments.of(args)));
  }

  /** Runs {@code viv}; nothing is thrown. */
  static int run(List<String> arguments) {
    String first = arguments.isEmpty() ? "help" : arguments.getFirst();
    List<String> rest = arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
    try {
      return switch (first) {
        case "exec" -> run(first, new ExecCommand(), rest);
        case "sh" -> run(first, new ShCommand(), rest);
        case "wasm" -> run(first, new WasmCommand(), rest);
        case "software" -> run(first, new SoftwareCommand(), rest);
        case "limits" -> run(first, new LimitsCommand(), rest);
        case "doctor" -> run(first, new DoctorCommand(), rest);
        case Preparation.NAME -> Preparation.run(rest);
        case "help", "-h", "--help" -> help(rest);
        case "version", "-V", "--version" -> StandardStreams.print("viv " + version() + "\n");
        default -> {
          String kind = first.startsWith("-") ? "option" : "command";
          throw new UsageError("unknown " + kind + " " + first);
        }
      };
    } catch (UsageError e) {
      StandardStreams.message(e.getMessage() + "; see viv --help");
      return ExitStatus.USAGE;
    }
  }

  private static int run(String name, Subcommand subcommand, List<String> rest) {
    try {
      Options options = subcommand.options().addOption(Arguments.flag("h", "help"));
      Arguments arguments = Arguments.parse(options, rest);
      return arguments.has("help") ? showHelp(name) : subcommand.run(arguments);
    } catch (UsageError e) {
      StandardStreams.message(name + ": " + e.getMessage() + "; see viv " + name + " --help");
      return ExitStatus.USAGE;
    } catch (NotStartedException e) {
      boolean isUnknown = e.exitStatus() == ExitStatus.NOT_FOUND;
      failure(e.getMessage() + (isUnknown ? "; 'viv software' lists what there is" : ""), e);
      return e.exitStatus();
    } catch (VivariumException e) {
      return failure(String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      return failure("interrupted", e);
    } catch (IOException | UncheckedIOException e) {
      return failure(e.toString(), e);
    } catch (RuntimeException | Error e) {
      return failure("this is a defect of viv: " + e, e);
    }
  }

  private static int failure(String message, Throwable failure) {
    StandardStreams.message(message);
    if (System.getenv("VIV_DEBUG") != null) {
      failure.printStackTrace();
    }
    return ExitStatus.NOT_STARTED;
  }

  private static int help(List<String> rest) {
    if (rest.isEmpty()) {
      return showHelp("viv");
    }
    if (!Subcommand.NAMES.contains(rest.getFirst())) {
      throw new UsageError("unknown command " + rest.getFirst());
    }
    return showHelp(rest.getFirst());
  }

  private static int showHelp(String page) {
    try (InputStream text = Viv.class.getResourceAsStream("help/" + page + ".txt")) {
      byte[] bytes = Objects.requireNonNull(text, page).readAllBytes();
      return StandardStreams.print(new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      return failure(e.toString(), e);
    }
  }

  /** Returns the version of this build, from the manifest of its jar. */
  private static String version() {
    String version = Viv.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "(not packaged)");
  }
}
