package io.vivarium.kernel.fs;

/**
 * Asked before something is done to a file, about the very object that it is done to: paths are
 * resolved by then, and what is asked about is where an object really is. Every method answers by
 * returning, or throws an {@link io.vivarium.kernel.errno.ErrnoException}, EACCES as a rule. It may
 * wait, so no lock of a file system is held. Thread-safe.
 */
public interface Gate {
  /**
   * Asks about an object, by the path at which it is now. A file that has no name any more can be
   * read, written and run only where no rule forbids that of any file.
   */
  void check(FileOperation operation, Location place);

  /**
   * Asks about a name in a directory, whether there is such a file or not.
   *
   * @param name one component, or several where the first does not exist
   */
  void check(FileOperation operation, Location directory, String name);

  /**
   * Asks about a directory that a path enters and leaves again by "..": who may not do something to
   * it is not to learn this way that it is there.
   */
  void checkPassed(FileOperation operation, Location place);

  /**
   * Asks about a rename or a link: both names, and whether what is allowed of the file under its
   * new name is allowed under its old one.
   *
   * @param whole whether the file is a directory, with which everything in it moves
   */
  void checkMove(
      FileOperation operation,
      Location fromDirectory,
      String fromName,
      Location toDirectory,
      String toName,
      boolean whole);
}
