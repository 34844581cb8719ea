package io.vivarium.kernel.process;

/**
 * What a child does to its descriptors and working directory before its program starts
 * (posix_spawn_file_actions_init(3)).
 */
public sealed interface FileAction {
  /** Closes a descriptor; EBADF when it is not open. */
  record Close(int fd) implements FileAction {}

  /** Makes {@code target} refer to what {@code source} does; the same number keeps it over exec. */
  record Dup2(int source, int target) implements FileAction {}

  /**
   * Opens a path under a number.
   *
   * @param flags flags of open(2) with their Linux values
   * @param mode permission bits of a new file, before umask
   */
  record Open(int fd, String path, int flags, int mode) implements FileAction {}

  /** Changes the working directory. */
  record Chdir(String path) implements FileAction {}

  /** Changes the working directory to an open one. */
  record Fchdir(int fd) implements FileAction {}

  /** Closes every descriptor from a number on. */
  record CloseFrom(int low) implements FileAction {}
}
