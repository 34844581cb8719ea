package io.vivarium.kernel.fs.host;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.FileType;
import java.lang.foreign.MemorySegment;

/**
 * What the host says about a file at one moment (statx(2)), times in nanoseconds since the epoch.
 *
 * @param mount the host mount it was reached through, 0 when the host does not tell
 * @param device the host's st_dev
 * @param inode the host's st_ino
 * @param birthTime when it was created, 0 when the host does not tell
 */
record HostStat(
    long mount,
    long device,
    long inode,
    int mode,
    int links,
    int uid,
    int gid,
    long size,
    long blocks,
    long accessTime,
    long modificationTime,
    long changeTime,
    long birthTime) {

  /** Bytes of {@code struct statx}. */
  static final int STRUCT_BYTES = 256;

  // Offsets in struct statx, the same on every architecture.
  private static final int MASK = 0;
  private static final int LINKS = 16;
  private static final int UID = 20;
  private static final int GID = 24;
  private static final int MODE = 28;
  private static final int INODE = 32;
  private static final int SIZE = 40;
  private static final int BLOCKS = 48;
  private static final int ACCESS_TIME = 64;
  private static final int BIRTH_TIME = 80;
  private static final int CHANGE_TIME = 96;
  private static final int MODIFICATION_TIME = 112;
  private static final int DEVICE_MAJOR = 136;
  private static final int DEVICE_MINOR = 140;
  private static final int MOUNT = 144;

  private static final long NANOS = 1_000_000_000L;

  /** Decodes a {@code struct statx}. */
  static HostStat decode(MemorySegment s) {
    int mask = s.get(JAVA_INT, MASK);
    return new HostStat(
        (mask & LinuxAbi.STATX_MNT_ID) != 0 ? s.get(JAVA_LONG, MOUNT) : 0,
        DeviceNumber.of(s.get(JAVA_INT, DEVICE_MAJOR), s.get(JAVA_INT, DEVICE_MINOR)),
        s.get(JAVA_LONG, INODE),
        s.get(JAVA_SHORT, MODE) & 0xffff,
        s.get(JAVA_INT, LINKS),
        s.get(JAVA_INT, UID),
        s.get(JAVA_INT, GID),
        s.get(JAVA_LONG, SIZE),
        s.get(JAVA_LONG, BLOCKS),
        time(s, ACCESS_TIME),
        time(s, MODIFICATION_TIME),
        time(s, CHANGE_TIME),
        (mask & LinuxAbi.STATX_BTIME) != 0 ? time(s, BIRTH_TIME) : 0);
  }

  /** The kind of file. */
  FileType type() {
    return switch (mode & 0170000) {
      case 0010000 -> FileType.FIFO;
      case 0020000 -> FileType.CHARACTER_DEVICE;
      case 0040000 -> FileType.DIRECTORY;
      case 0060000 -> FileType.BLOCK_DEVICE;
      case 0120000 -> FileType.SYMLINK;
      case 0140000 -> FileType.SOCKET;
      default -> FileType.REGULAR;
    };
  }

  /** Where the host keeps it; another file may get the same once this one is gone. */
  Place place() {
    return new Place(mount, device, inode);
  }

  /** Seconds and nanoseconds as one number; years that do not fit become the last that do. */
  private static long time(MemorySegment s, int offset) {
    long seconds = s.get(JAVA_LONG, offset);
    int nanos = s.get(JAVA_INT, offset + Long.BYTES);
    if (seconds > Long.MAX_VALUE / NANOS - 1) {
      return Long.MAX_VALUE;
    }
    if (seconds < Long.MIN_VALUE / NANOS + 1) {
      return Long.MIN_VALUE + 1;
    }
    return seconds * NANOS + nanos;
  }

  /** Mount, device and inode number of a file of the host. */
  record Place(long mount, long device, long inode) {}
}
