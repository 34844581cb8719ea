package io.vivarium.kernel.fs;

/** Receives the entries of a directory in the order of their cookies. */
@FunctionalInterface
public interface DirectoryVisitor {
  /**
   * One entry.
   *
   * @param name its name, never "." or ".."
   * @param ino inode number
   * @param type kind of file, as d_type
   * @param cookie position behind this entry: reading from it continues with the next one. Cookies
   *     of entries that stay are stable while others come and go
   * @return whether to go on
   */
  boolean entry(String name, long ino, FileType type, long cookie);
}
