package io.vivarium.kernel.fs;

/** The kinds of file of POSIX, with the type bits of {@code st_mode} (inode(7)). */
public enum FileType {
  FIFO(0010000, 1),
  CHARACTER_DEVICE(0020000, 2),
  DIRECTORY(0040000, 4),
  BLOCK_DEVICE(0060000, 6),
  REGULAR(0100000, 8),
  SYMLINK(0120000, 10),
  SOCKET(0140000, 12);

  private final int modeBits;
  private final int directoryEntryType;

  FileType(int modeBits, int directoryEntryType) {
    this.modeBits = modeBits;
    this.directoryEntryType = directoryEntryType;
  }

  /** The S_IFMT bits of this type. */
  public int modeBits() {
    return modeBits;
  }

  /** The {@code d_type} of readdir(3): DT_FIFO, DT_CHR, ... */
  public int directoryEntryType() {
    return directoryEntryType;
  }
}
