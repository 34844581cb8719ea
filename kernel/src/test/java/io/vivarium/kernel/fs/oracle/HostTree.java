package io.vivarium.kernel.fs.oracle;

import static io.vivarium.kernel.errno.Errno.EBADF;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.fs.AllocateMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A temporary directory of the real host, worked on by plain system calls. */
public final class HostTree implements Tree {
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int AT_SYMLINK_FOLLOW = 0x400;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_RDWR = 2;
  private static final int O_CREAT = 0100;
  private static final int O_EXCL = 0200;
  private static final int O_APPEND = 02000;
  private static final int O_NONBLOCK = 04000;
  private static final int O_DIRECTORY = 0200000;
  private static final int O_NOFOLLOW = 0400000;
  private static final int O_TMPFILE = 020000000 | O_DIRECTORY;
  private static final int S_IFIFO = 0010000;

  private final Path root;
  private final int[] slots = new int[SLOTS];

  /** A tree in a new directory under an existing one. */
  public HostTree(Path parent) {
    try {
      root = Files.createTempDirectory(parent, "tree");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    chmod("", 0755);
    Arrays.fill(slots, -1);
  }

  @Override
  public void create(String path, int mode) {
    int fd = open(at(path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0);
    LibC.call("close", fd);
    chmod(path, mode);
  }

  private static int open(String path, int flags, int mode) {
    return (int) LibC.call("openat", AT_FDCWD, path, flags, mode);
  }

  @Override
  public void mkdir(String path, int mode) {
    LibC.call("mkdirat", AT_FDCWD, at(path), 0700);
    chmod(path, mode);
  }

  @Override
  public void symlink(String target, String path) {
    LibC.call("symlinkat", target, AT_FDCWD, at(path));
  }

  @Override
  public void mkfifo(String path, int mode) {
    LibC.call("mknodat", AT_FDCWD, at(path), S_IFIFO, 0L);
    chmod(path, mode);
  }

  @Override
  public void link(String oldPath, String newPath) {
    LibC.call("linkat", AT_FDCWD, at(oldPath), AT_FDCWD, at(newPath), 0);
  }

  @Override
  public void unlink(String path) {
    LibC.call("unlinkat", AT_FDCWD, at(path), 0);
  }

  @Override
  public void rmdir(String path) {
    LibC.call("unlinkat", AT_FDCWD, at(path), 0x200);
  }

  @Override
  public void rename(String oldPath, String newPath, int flags) {
    LibC.call("renameat2", AT_FDCWD, at(oldPath), AT_FDCWD, at(newPath), flags);
  }

  @Override
  public void chmod(String path, int mode) {
    LibC.call("fchmodat", AT_FDCWD, at(path), mode, AT_SYMLINK_NOFOLLOW);
  }

  @Override
  public void setXattr(String path, String name, byte[] value, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment bytes = arena.allocate(Math.max(1, value.length));
      MemorySegment.copy(value, 0, bytes, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, value.length);
      LibC.call("lsetxattr", at(path), name, bytes, (long) value.length, flags);
    }
  }

  @Override
  public void removeXattr(String path, String name) {
    LibC.call("lremovexattr", at(path), name);
  }

  @Override
  public void open(String path, int slot) {
    int flags = isDirectory(at(path)) ? O_RDONLY | O_DIRECTORY : O_RDWR | O_NONBLOCK;
    int fd = open(at(path), flags | O_NOFOLLOW, 0);
    if (!isDirectory(at(path)) && !isRegular(at(path))) {
      LibC.call("close", fd);
      throw Errno.ENXIO.exception();
    }
    put(slot, fd);
  }

  private static boolean isDirectory(String path) {
    return Files.isDirectory(Path.of(path), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isRegular(String path) {
    return Files.isRegularFile(Path.of(path), java.nio.file.LinkOption.NOFOLLOW_LINKS);
  }

  @Override
  public void openUnnamed(String directory, int slot) {
    put(slot, open(at(directory), O_TMPFILE | O_RDWR | O_NOFOLLOW, 0600));
  }

  private void put(int slot, int fd) {
    if (slots[slot] >= 0) {
      LibC.call("close", slots[slot]);
    }
    slots[slot] = fd;
  }

  private int fd(int slot) {
    if (slots[slot] < 0) {
      throw EBADF.exception();
    }
    return slots[slot];
  }

  @Override
  public void close(int slot) {
    int fd = fd(slot);
    slots[slot] = -1;
    LibC.call("close", fd);
  }

  @Override
  public int write(int slot, long position, byte[] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, data, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
      return (int) LibC.call("pwrite", fd(slot), data, (long) bytes.length, position);
    }
  }

  @Override
  public int append(int slot, byte[] bytes) {
    String file = "/proc/self/fd/" + fd(slot);
    if (Files.isDirectory(Path.of(file))) {
      throw EBADF.exception(); // as it was opened for reading only
    }
    int fd = open(file, O_WRONLY | O_APPEND, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(Math.max(1, bytes.length));
      MemorySegment.copy(bytes, 0, data, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes.length);
      return (int) LibC.call("write", fd, data, (long) bytes.length);
    } finally {
      LibC.call("close", fd);
    }
  }

  @Override
  public void truncate(int slot, long size) {
    LibC.call("ftruncate", fd(slot), size);
  }

  @Override
  public void truncate(String path, long size) {
    LibC.call("truncate", at(path), size);
  }

  @Override
  public void allocate(int slot, AllocateMode mode, long position, long length) {
    int flags =
        switch (mode) {
          case RESERVE -> 0;
          case RESERVE_KEEP_SIZE -> 1;
          case PUNCH_HOLE -> 3;
          case ZERO_RANGE -> 0x10;
          case ZERO_RANGE_KEEP_SIZE -> 0x11;
          case COLLAPSE_RANGE -> 8;
          case INSERT_RANGE -> 0x20;
        };
    LibC.call("fallocate", fd(slot), flags, position, length);
  }

  @Override
  public String describe(int slot) {
    String path = "/proc/self/fd/" + fd(slot);
    LibC.Status status = LibC.statx(path, true);
    try {
      if (status.isDirectory()) {
        return status.links() + " " + names(Path.of(path));
      }
      return status.links() + " " + Contents.summary(Files.readAllBytes(Path.of(path)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> names(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Override
  public void createIn(int slot, String name, int mode) {
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW;
    int fd = (int) LibC.call("openat", fd(slot), name, flags, 0600);
    LibC.call("fchmod", fd, mode);
    LibC.call("close", fd);
  }

  @Override
  public void linkSlot(int slot, String path) {
    String file = "/proc/self/fd/" + fd(slot);
    LibC.call("linkat", AT_FDCWD, file, AT_FDCWD, at(path), AT_SYMLINK_FOLLOW);
  }

  @Override
  public List<String> describe() {
    List<String> lines = new ArrayList<>();
    try {
      describe(root, "", new HashMap<>(), lines);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return lines;
  }

  private void describe(Path path, String name, Map<Long, String> seen, List<String> lines)
      throws IOException {
    LibC.Status status = LibC.statx(path.toString(), false);
    String contents =
        switch (status.mode() & 0170000) {
          case 0100000 -> Contents.summary(Files.readAllBytes(path));
          case 0120000 -> Files.readSymbolicLink(path).toString();
          default -> "";
        };
    String first = seen.computeIfAbsent(status.ino(), ino -> name);
    lines.add(
        Contents.line(
            name, status.mode(), status.links(), contents, xattrs(path.toString()), first));
    if (status.isDirectory()) {
      for (String child : names(path)) {
        describe(path.resolve(child), name + "/" + child, seen, lines);
      }
    }
  }

  private static List<String> xattrs(String path) {
    List<String> xattrs = new ArrayList<>();
    for (String name : LibC.listXattrs(path)) {
      if (name.startsWith("user.")) {
        xattrs.add(name + "=" + Contents.summary(LibC.getXattr(path, name)));
      }
    }
    xattrs.sort(null);
    return xattrs;
  }

  private String at(String path) {
    return path.isEmpty() ? root.toString() : root + "/" + path;
  }

  @Override
  public void close() {
    for (int slot = 0; slot < SLOTS; slot++) {
      if (slots[slot] >= 0) {
        close(slot);
      }
    }
    try {
      delete(root);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path path) throws IOException {
    if (isDirectory(path.toString())) {
      try (Stream<Path> children = Files.list(path)) {
        for (Path child : children.toList()) {
          delete(child);
        }
      }
    }
    Files.delete(path);
  }
}
