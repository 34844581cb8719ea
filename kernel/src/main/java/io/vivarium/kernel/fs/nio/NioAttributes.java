package io.vivarium.kernel.fs.nio;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says about a file, from the richest view it has. A provider without permissions
 * gets 0644 and 0755, one without link counts gets 1.
 *
 * @param mode type and permission bits, without set-id bits
 * @param number the provider's inode number, 0 when it has none
 * @param key what identifies the file, null when the provider does not say
 */
record NioAttributes(
    FileType type,
    int mode,
    int links,
    long number,
    long size,
    long accessTime,
    long modificationTime,
    long changeTime,
    long birthTime,
    @Nullable Object key) {

  private static final int PLAIN_FILE = 0644;
  private static final int PLAIN_DIRECTORY = 0755;
  private static final PosixFilePermission[] BITS = {
    PosixFilePermission.OTHERS_EXECUTE,
    PosixFilePermission.OTHERS_WRITE,
    PosixFilePermission.OTHERS_READ,
    PosixFilePermission.GROUP_EXECUTE,
    PosixFilePermission.GROUP_WRITE,
    PosixFilePermission.GROUP_READ,
    PosixFilePermission.OWNER_EXECUTE,
    PosixFilePermission.OWNER_WRITE,
    PosixFilePermission.OWNER_READ,
  };

  /** Asks about a file, a symlink itself included. */
  static NioAttributes read(Path path, Set<String> views) throws IOException {
    if (views.contains("unix")) {
      return readUnix(path);
    }
    if (views.contains("posix")) {
      PosixFileAttributes posix =
          Files.readAttributes(path, PosixFileAttributes.class, NOFOLLOW_LINKS);
      return of(posix, bits(posix.permissions()), 1, 0, posix.lastModifiedTime());
    }
    BasicFileAttributes basic =
        Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
    int mode = basic.isDirectory() ? PLAIN_DIRECTORY : PLAIN_FILE;
    return of(basic, mode, 1, 0, basic.lastModifiedTime());
  }

  /** The view of providers on Unix, and of those that imitate it. */
  private static NioAttributes readUnix(Path path) throws IOException {
    BasicFileAttributes basic =
        Files.readAttributes(path, BasicFileAttributes.class, NOFOLLOW_LINKS);
    Map<String, Object> unix =
        Files.readAttributes(path, "unix:mode,nlink,ino,ctime", NOFOLLOW_LINKS);
    int mode = integer(unix.get("mode"), PLAIN_FILE);
    FileTime changed = unix.get("ctime") instanceof FileTime time ? time : basic.lastModifiedTime();
    long number = unix.get("ino") instanceof Number n ? n.longValue() : 0;
    NioAttributes attributes =
        of(basic, mode & Mode.ACCESS, integer(unix.get("nlink"), 1), number, changed);
    return attributes.type == FileType.SOCKET ? attributes.withSpecialType(mode) : attributes;
  }

  private static int integer(@Nullable Object value, int otherwise) {
    return value instanceof Number number ? number.intValue() : otherwise;
  }

  private static NioAttributes of(
      BasicFileAttributes basic, int permissions, int links, long number, FileTime changed) {
    FileType type =
        basic.isSymbolicLink()
            ? FileType.SYMLINK
            : basic.isDirectory()
                ? FileType.DIRECTORY
                : basic.isRegularFile() ? FileType.REGULAR : FileType.SOCKET;
    int mode = type == FileType.SYMLINK ? Mode.ACCESS : permissions;
    return new NioAttributes(
        type,
        type.modeBits() | mode,
        links,
        number,
        basic.size(),
        nanos(basic.lastAccessTime()),
        nanos(basic.lastModifiedTime()),
        nanos(changed),
        nanos(basic.creationTime()),
        basic.fileKey());
  }

  /** What is neither file, directory nor symlink is a socket unless the mode says what it is. */
  private NioAttributes withSpecialType(int unixMode) {
    FileType special =
        switch (unixMode & Mode.TYPE_MASK) {
          case 0010000 -> FileType.FIFO;
          case 0020000 -> FileType.CHARACTER_DEVICE;
          case 0060000 -> FileType.BLOCK_DEVICE;
          default -> FileType.SOCKET;
        };
    return with(special, special.modeBits() | (mode & Mode.ACCESS), links, size);
  }

  /** The same of a file that has lost its last name. */
  NioAttributes unlinked() {
    return with(type, mode, 0, size);
  }

  /** The same with another size. */
  NioAttributes sized(long newSize) {
    return with(type, mode, links, newSize);
  }

  private NioAttributes with(FileType newType, int newMode, int newLinks, long newSize) {
    return new NioAttributes(
        newType,
        newMode,
        newLinks,
        number,
        newSize,
        accessTime,
        modificationTime,
        changeTime,
        birthTime,
        key);
  }

  /** Nanoseconds since the epoch, the nearest that fit. */
  private static long nanos(FileTime time) {
    return time.to(TimeUnit.NANOSECONDS);
  }

  private static int bits(Set<PosixFilePermission> permissions) {
    int bits = 0;
    for (int i = 0; i < BITS.length; i++) {
      if (permissions.contains(BITS[i])) {
        bits |= 1 << i;
      }
    }
    return bits;
  }

  /** Permission bits (0777) as a provider takes them. */
  static Set<PosixFilePermission> permissions(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (int i = 0; i < BITS.length; i++) {
      if ((mode & (1 << i)) != 0) {
        permissions.add(BITS[i]);
      }
    }
    return permissions;
  }
}
