package io.vivarium.kernel.process;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A child to be made: posix_spawn(3) with its file actions and attributes. Immutable.
 *
 * <p>The child inherits from its parent what is not set here: credentials, umask, working
 * directory, signal mask, ignored signals, process group, and every descriptor without
 * close-on-exec flag.
 */
public final class SpawnRequest {
  private final String path;
  private final @Nullable String searchPath;
  private final List<String> arguments;
  private final List<String> environment;
  private final @Nullable String workingDirectory;
  private final List<FileAction> fileActions;
  private final boolean newSession;
  private final @Nullable Integer group;
  private final long defaultSignals;
  private final @Nullable Long signalMask;
  private final boolean resetIds;

  private SpawnRequest(Builder builder) {
    this.path = builder.path;
    this.searchPath = builder.searchPath;
    this.arguments = builder.arguments;
    this.environment = builder.environment;
    this.workingDirectory = builder.workingDirectory;
    this.fileActions = builder.fileActions;
    this.newSession = builder.newSession;
    this.group = builder.group;
    this.defaultSignals = builder.defaultSignals;
    this.signalMask = builder.signalMask;
    this.resetIds = builder.resetIds;
  }

  /**
   * A request with everything else inherited and an empty environment.
   *
   * @param path the program file
   * @param arguments argv, from argv[0] on
   */
  public static Builder program(String path, List<String> arguments) {
    return new Builder(path, arguments);
  }

  String path() {
    return path;
  }

  @Nullable String searchPath() {
    return searchPath;
  }

  List<String> arguments() {
    return arguments;
  }

  List<String> environment() {
    return environment;
  }

  @Nullable String workingDirectory() {
    return workingDirectory;
  }

  List<FileAction> fileActions() {
    return fileActions;
  }

  boolean newSession() {
    return newSession;
  }

  @Nullable Integer group() {
    return group;
  }

  long defaultSignals() {
    return defaultSignals;
  }

  @Nullable Long signalMask() {
    return signalMask;
  }

  boolean resetIds() {
    return resetIds;
  }

  /** Builds a request. */
  public static final class Builder {
    private final String path;
    private final List<String> arguments;
    private @Nullable String searchPath;
    private List<String> environment = List.of();
    private @Nullable String workingDirectory;
    private List<FileAction> fileActions = List.of();
    private boolean newSession;
    private @Nullable Integer group;
    private long defaultSignals;
    private @Nullable Long signalMask;
    private boolean resetIds;

    private Builder(String path, List<String> arguments) {
      this.path = path;
      this.arguments = List.copyOf(arguments);
    }

    /**
     * Where to look for a path without slash, as posix_spawnp(3) does.
     *
     * @param directories directories separated by colons, an empty one is the working directory;
     *     null takes the path as it is
     */
    public Builder searchPath(@Nullable String directories) {
      this.searchPath = directories;
      return this;
    }

    /** The complete environment, entries {@code NAME=value}. */
    public Builder environment(List<String> environment) {
      this.environment = List.copyOf(environment);
      return this;
    }

    /** The working directory in which file actions and program start; null is the parent's. */
    public Builder workingDirectory(@Nullable String path) {
      this.workingDirectory = path;
      return this;
    }

    /** What happens to descriptors, in order, before those with close-on-exec flag close. */
    public Builder fileActions(List<FileAction> actions) {
      this.fileActions = List.copyOf(actions);
      return this;
    }

    /** POSIX_SPAWN_SETSID: the child leads a new session. Together with a group EPERM. */
    public Builder newSession() {
      this.newSession = true;
      return this;
    }

    /** POSIX_SPAWN_SETPGROUP: the child joins this group, or with 0 leads a new one. */
    public Builder group(int id) {
      this.group = id;
      return this;
    }

    /** POSIX_SPAWN_SETSIGDEF: signals with default action although the parent ignores them. */
    public Builder defaultSignals(long set) {
      this.defaultSignals = set;
      return this;
    }

    /** POSIX_SPAWN_SETSIGMASK: what the child blocks. */
    public Builder signalMask(long mask) {
      this.signalMask = mask;
      return this;
    }

    /** POSIX_SPAWN_RESETIDS: the effective ids become the real ones. */
    public Builder resetIds() {
      this.resetIds = true;
      return this;
    }

    /** The request. */
    public SpawnRequest build() {
      return new SpawnRequest(this);
    }
  }
}
