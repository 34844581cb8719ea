package io.vivarium;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A command to run in a machine: arguments, environment, working directory, user, input, time
 * limit. Immutable; every {@code with} method answers a changed copy.
 */
public final class Command {
  /** Bytes of each output stream that are kept unless said otherwise. */
  public static final int DEFAULT_CAPTURE = 16 << 20;

  private final List<String> arguments;
  private final Map<String, String> environment;
  private final @Nullable String workingDirectory;
  private final @Nullable String user;
  private final byte[] input;
  private final @Nullable Duration timeout;
  private final int captureLimit;
  private final boolean cleanEnvironment;

  private Command(
      List<String> arguments,
      Map<String, String> environment,
      @Nullable String workingDirectory,
      @Nullable String user,
      byte[] input,
      @Nullable Duration timeout,
      int captureLimit,
      boolean cleanEnvironment) {
    this.arguments = arguments;
    this.environment = environment;
    this.workingDirectory = workingDirectory;
    this.user = user;
    this.input = input;
    this.timeout = timeout;
    this.captureLimit = captureLimit;
    this.cleanEnvironment = cleanEnvironment;
  }

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
    return new Command(
        List.copyOf(arguments), Map.of(), null, null, new byte[0], null, DEFAULT_CAPTURE, false);
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
    return new Command(
        arguments,
        Map.copyOf(changed),
        workingDirectory,
        user,
        input,
        timeout,
        captureLimit,
        cleanEnvironment);
  }

  /** The same command with nothing in its environment but what it was given, and PWD. */
  public Command withCleanEnvironment() {
    return new Command(
        arguments, environment, workingDirectory, user, input, timeout, captureLimit, true);
  }

  /** The same command in another working directory, an absolute guest path. */
  public Command withWorkingDirectory(String path) {
    if (!path.startsWith("/")) {
      throw new IllegalArgumentException("A working directory is an absolute path, not " + path);
    }
    return new Command(
        arguments, environment, path, user, input, timeout, captureLimit, cleanEnvironment);
  }

  /** The same command as another user: a name in the machine's /etc/passwd, or UID or UID:GID. */
  public Command withUser(String name) {
    return new Command(
        arguments,
        environment,
        workingDirectory,
        name,
        input,
        timeout,
        captureLimit,
        cleanEnvironment);
  }

  /** The same command with bytes on its standard input; not copied. */
  public Command withInput(byte[] bytes) {
    return new Command(
        arguments,
        environment,
        workingDirectory,
        user,
        bytes,
        timeout,
        captureLimit,
        cleanEnvironment);
  }

  /** The same command with a limit on wall-clock time; at its end every process of it is killed. */
  public Command withTimeout(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException("A time limit is longer than " + limit);
    }
    return new Command(
        arguments,
        environment,
        workingDirectory,
        user,
        input,
        limit,
        captureLimit,
        cleanEnvironment);
  }

  /**
   * The same command keeping up to so many bytes of each output stream; the rest is read and
   * dropped.
   */
  public Command withCaptureLimit(int bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A capture limit is not negative: " + bytes);
    }
    return new Command(
        arguments, environment, workingDirectory, user, input, timeout, bytes, cleanEnvironment);
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

  /** Bytes of each output stream that are kept. */
  public int captureLimit() {
    return captureLimit;
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
}
