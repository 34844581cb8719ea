package io.vivarium;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A command to run in a machine: arguments, environment, working directory, user, input, time
 * limit. Immutable; every {@code with} method answers a changed copy.
 */
public final class Command {
  private final List<String> arguments;
  private final Map<String, String> environment;
  private final @Nullable String workingDirectory;
  private final @Nullable String user;
  private final byte[] input;
  private final @Nullable Duration timeout;
  private final OptionalInt captureLimit;
  private final boolean cleanEnvironment;
  private final @Nullable Path module;
  private final List<GrantedDirectory> directories;
  private final boolean isInteractiveShell;

  private Command(Draft draft) {
    this.arguments = draft.arguments;
    this.environment = draft.environment;
    this.workingDirectory = draft.workingDirectory;
    this.user = draft.user;
    this.input = draft.input;
    this.timeout = draft.timeout;
    this.captureLimit = draft.captureLimit;
    this.cleanEnvironment = draft.cleanEnvironment;
    this.module = draft.module;
    this.directories = draft.directories;
    this.isInteractiveShell = draft.isInteractiveShell;
  }

  /** A command that is being made. */
  private static final class Draft {
    private final List<String> arguments;
    private Map<String, String> environment = Map.of();
    private @Nullable String workingDirectory;
    private @Nullable String user;
    private byte[] input = new byte[0];
    private @Nullable Duration timeout;
    private OptionalInt captureLimit = OptionalInt.empty();
    private boolean cleanEnvironment;
    private @Nullable Path module;
    private List<GrantedDirectory> directories = List.of();
    private boolean isInteractiveShell;

    Draft(List<String> arguments) {
      this.arguments = arguments;
    }

    Draft(Command command) {
      this.arguments = command.arguments;
      this.environment = command.environment;
      this.workingDirectory = command.workingDirectory;
      this.user = command.user;
      this.input = command.input;
      this.timeout = command.timeout;
      this.captureLimit = command.captureLimit;
      this.cleanEnvironment = command.cleanEnvironment;
      this.module = command.module;
      this.directories = command.directories;
      this.isInteractiveShell = command.isInteractiveShell;
    }
  }

  /**
   * A directory that a module is given.
   *
   * @param path where it is in the machine
   * @param name what the module knows it by
   */
  record GrantedDirectory(String path, String name) {}

  /**
   * A program with its arguments; the first is the program, searched in PATH when it has no slash.
   */
  public static Command of(String... arguments) {
    return of(List.of(arguments));
  }

  /** A program with its arguments. */
  public static Command of(List<String> arguments) {
    if (arguments.isEmpty()) {
      throw new IllegalArgumentException("A command needs at least the name of a program");
    }
    return new Command(new Draft(List.copyOf(arguments)));
  }

  /**
   * A WASI preview 1 program in a file of the host. It gets its arguments, the environment and the
   * directories that it is given, and nothing else of the machine; its first argument is the name
   * of the file. A module that imports {@code host_*} functions runs like the machine's own
   * commands.
   */
  public static Command module(Path file, String... arguments) {
    List<String> all = new ArrayList<>();
    Path name = file.getFileName();
    all.add(name == null ? file.toString() : name.toString());
    all.addAll(List.of(arguments));
    Draft draft = new Draft(List.copyOf(all));
    draft.module = file;
    draft.cleanEnvironment = true;
    return new Command(draft);
  }

  /** A script for {@code sh -c}. */
  public static Command shell(String script) {
    return of("sh", "-c", script);
  }

  /** The same command with one more environment variable; it replaces the machine's. */
  public Command withEnvironment(String name, String value) {
    if (name.isEmpty() || name.indexOf('=') >= 0) {
      throw new IllegalArgumentException("Not a name of an environment variable: " + name);
    }
    Map<String, String> changed = new LinkedHashMap<>(environment);
    changed.put(name, value);
    Draft draft = new Draft(this);
    draft.environment = Map.copyOf(changed);
    return new Command(draft);
  }

  /** The same command with nothing in its environment but what it was given. */
  public Command withCleanEnvironment() {
    Draft draft = new Draft(this);
    draft.cleanEnvironment = true;
    return new Command(draft);
  }

  /**
   * The same command as the shell of a terminal: SIGINT and SIGQUIT do nothing to it unless it
   * handles them itself, and what it starts has the default actions of signal(7).
   */
  public Command asInteractiveShell() {
    Draft draft = new Draft(this);
    draft.isInteractiveShell = true;
    return new Command(draft);
  }

  /** The same command in another working directory, an absolute guest path. */
  public Command withWorkingDirectory(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("A working directory is an absolute path, not " + path);
    }
    Draft draft = new Draft(this);
    draft.workingDirectory = path;
    return new Command(draft);
  }

  /** The same command as another user: a name in the machine's /etc/passwd, or UID or UID:GID. */
  public Command withUser(String name) {
    Draft draft = new Draft(this);
    draft.user = name;
    return new Command(draft);
  }

  /** The same command with bytes on its standard input; not copied. */
  public Command withInput(byte[] bytes) {
    Draft draft = new Draft(this);
    draft.input = bytes;
    return new Command(draft);
  }

  /** The same command with a limit on wall-clock time; at its end every process of it is killed. */
  public Command withTimeout(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("A time limit is longer than " + limit);
    }
    Draft draft = new Draft(this);
    draft.timeout = limit;
    return new Command(draft);
  }

  /**
   * The same command keeping up to so many bytes of each output stream; the rest is read and
   * dropped. Without, the limit {@code output.captured-bytes} of the machine holds.
   */
  public Command withCaptureLimit(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A capture limit is not negative: " + bytes);
    }
    Draft draft = new Draft(this);
    draft.captureLimit = OptionalInt.of(bytes);
    return new Command(draft);
  }

  /**
   * The same {@linkplain #module module} with one more directory, which it finds open from its
   * start on.
   *
   * @param path where the directory is in the machine, absolute
   * @param name what the module knows it by, such as {@code /data} or {@code .}
   */
  public Command withDirectory(String path, String name) {
    if (module == null) {
      throw new IllegalArgumentException("Only a module is given directories");
    }
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("A directory has an absolute path, not " + path);
    }
    List<GrantedDirectory> changed = new ArrayList<>(directories);
    changed.add(new GrantedDirectory(path, name));
    Draft draft = new Draft(this);
    draft.directories = List.copyOf(changed);
    return new Command(draft);
  }

  /** Program and arguments. */
  public List<String> arguments() {
    return arguments;
  }

  /** Environment variables on top of the machine's. */
  public Map<String, String> environment() {
    return environment;
  }

  /** Whether the machine's own variables are left out. */
  public boolean cleanEnvironment() {
    return cleanEnvironment;
  }

  /** Working directory; null means the user's home. */
  public @Nullable String workingDirectory() {
    return workingDirectory;
  }

  /** User; null means the machine's default. */
  public @Nullable String user() {
    return user;
  }

  /** Standard input. */
  public byte[] input() {
    return input;
  }

  /** Limit on wall-clock time; null means none. */
  public @Nullable Duration timeout() {
    return timeout;
  }

  /** Bytes of each output stream that are kept; empty for what the machine allows. */
  public OptionalInt captureLimit() {
    return captureLimit;
  }

  /** The file of the host that holds the program; null for a program of the machine. */
  @Nullable Path module() {
    return module;
  }

  /** The directories a module is given. */
  List<GrantedDirectory> directories() {
    return directories;
  }

  @Override
  public String toString() {
    List<String> quoted = new ArrayList<>();
    for (String argument : arguments) {
      quoted.add(
          argument.matches("[A-Za-z0-9_./:=@%+,-]+")
              ? argument
              : "'" + argument.replace("'", "'\\''") + "'");
    }
    return Objects.requireNonNull(String.join(" ", quoted));
  }

  boolean isInteractiveShell() {
    return isInteractiveShell;
  }
}
