package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.FileType;

/**
 * A name in a directory.
 *
 * @param name the name
 * @param ino the file it stands for
 * @param type its type
 * @param cookie its place in the directory, unique in the file system; the name keeps it when
 *     rename(2) makes it stand for another file, so a reader of the directory sees the name once
 */
record DirectoryEntry(String name, long ino, FileType type, long cookie) implements NameMap.Named {
  private static final long OVERHEAD = 224;

  /** What an entry with a name counts in the ledger. */
  static long residentBytes(String name) {
    return OVERHEAD + 2L * name.length();
  }
}
