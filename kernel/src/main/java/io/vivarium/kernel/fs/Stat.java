package io.vivarium.kernel.fs;

/**
 * What stat(2) answers: one moment's attributes of an inode.
 *
 * @param device identity of the file system instance ({@code st_dev})
 * @param inode inode number within it
 * @param mode type and permission bits
 * @param links number of hard links
 * @param uid owner
 * @param gid group
 * @param rdev device number of a device node, else 0; see {@link DeviceNumber}
 * @param size bytes; for a symlink the length of its target
 * @param blocks allocated units of 512 bytes
 * @param accessTime nanoseconds since the epoch
 * @param modificationTime nanoseconds since the epoch
 * @param changeTime nanoseconds since the epoch
 * @param birthTime nanoseconds since the epoch
 */
public record Stat(
    long device,
    long inode,
    int mode,
    int links,
    int uid,
    int gid,
    long rdev,
    long size,
    long blocks,
    long accessTime,
    long modificationTime,
    long changeTime,
    long birthTime) {

  /** The preferred I/O unit ({@code st_blksize}), bytes. */
  public static final int BLOCK_SIZE = 4096;

  /** The file type of {@link #mode}. */
  public FileType type() {
    return switch (mode & Mode.TYPE_MASK) {
      case 0010000 -> FileType.FIFO;
      case 0020000 -> FileType.CHARACTER_DEVICE;
      case 0040000 -> FileType.DIRECTORY;
      case 0060000 -> FileType.BLOCK_DEVICE;
      case 0120000 -> FileType.SYMLINK;
      case 0140000 -> FileType.SOCKET;
      default -> FileType.REGULAR;
    };
  }
}
