package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EINTR;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENAMETOOLONG;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AttributeChange;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * System calls of the host: each decodes nothing but errno, repeats after EINTR and answers with a
 * result or an {@link ErrnoException} of {@link HostErrno}.
 *
 * <p>Names are {@link HostName}s relative to a directory descriptor and no call follows a symlink.
 * The exceptions are spelled out: {@link #openRoot}, and {@code /proc/self/fd/N}, which names
 * exactly the file that descriptor N of ours refers to, however it is called by now.
 */
final class HostCalls {
  private static final byte[] EMPTY = {};
  private static final byte[] DOT = {'.'};
  private static final long NANOS = 1_000_000_000L;
  private static final int ALWAYS = LinuxAbi.O_CLOEXEC | LinuxAbi.O_NOFOLLOW | LinuxAbi.O_NOCTTY;
  private static final int STAT_MASK =
      LinuxAbi.STATX_BASIC_STATS | LinuxAbi.STATX_BTIME | LinuxAbi.STATX_MNT_ID;
  private static final int STAT_FLAGS =
      LinuxAbi.AT_SYMLINK_NOFOLLOW | LinuxAbi.AT_EMPTY_PATH | LinuxAbi.AT_NO_AUTOMOUNT;

  private HostCalls() {}

  /** A call whose negative results leave an errno in the scratch memory. */
  @FunctionalInterface
  private interface Call {
    long run(Scratch scratch) throws Throwable;
  }

  /** Runs a call until it was not interrupted by a signal. */
  private static long call(Scratch scratch, Call call) {
    while (true) {
      long result;
      try {
        result = call.run(scratch);
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new AssertionError(e); // native calls throw nothing
      }
      if (result >= 0) {
        return result;
      }
      Errno errno = HostErrno.of(scratch.errno());
      if (errno != EINTR) {
        throw errno.exception();
      }
    }
  }

  private static long call(Call call) {
    try (Scratch scratch = Scratch.take()) {
      return call(scratch, call);
    }
  }

  private static byte[] self(int fd) {
    return ("/proc/self/fd/" + fd).getBytes(US_ASCII);
  }

  // ---- descriptors ----------------------------------------------------------------------------

  /** A path descriptor of the directory a mount begins at; the one path that is followed. */
  static int openRoot(Path directory) {
    byte[] path = rawPath(directory);
    if (path.length >= Scratch.STRING_BYTES) {
      throw ENAMETOOLONG.exception();
    }
    int flags = LinuxAbi.O_PATH | LinuxAbi.O_DIRECTORY | LinuxAbi.O_CLOEXEC;
    return (int)
        call(s ->
            (int) Libc.OPENAT.invokeExact(s.state(), LinuxAbi.AT_FDCWD, s.string(path), flags, 0));
  }

  /** The bytes of a host path, which its text may have lost; the URI has them all. */
  private static byte[] rawPath(Path path) {
    String uri = path.toUri().getRawPath();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(uri.length());
    for (int i = 0; i < uri.length(); i++) {
      char c = uri.charAt(i);
      if (c == '%') {
        bytes.write(Integer.parseInt(uri, i + 1, i + 3, 16));
        i += 2;
      } else {
        bytes.write(c);
      }
    }
    return bytes.toByteArray();
  }

  /** A path descriptor: it opens nothing, whatever the file is, and reads no link. */
  static int openPath(int directory, HostName name) {
    return openAt(directory, name.bytes(), ALWAYS | LinuxAbi.O_PATH, 0);
  }

  /** Creates a regular file, open for reading and writing; EEXIST when there is anything. */
  static int createFile(int directory, HostName name, int mode) {
    int flags = ALWAYS | LinuxAbi.O_CREAT | LinuxAbi.O_EXCL | LinuxAbi.O_RDWR;
    return openAt(directory, name.bytes(), flags, mode);
  }

  /** A path descriptor for the file behind another descriptor. */
  static int reopenPath(int fd) {
    return openAt(LinuxAbi.AT_FDCWD, self(fd), LinuxAbi.O_PATH | LinuxAbi.O_CLOEXEC, 0);
  }

  /** Creates a regular file without a name, open for reading and writing. */
  static int createUnnamed(int directory, int mode) {
    int flags = LinuxAbi.O_CLOEXEC | LinuxAbi.O_TMPFILE | LinuxAbi.O_RDWR;
    return openAt(directory, DOT, flags, mode);
  }

  /** Opens a directory itself, for enumeration or fsync. */
  static int openDirectory(int directory) {
    int flags = ALWAYS | LinuxAbi.O_DIRECTORY | LinuxAbi.O_RDONLY;
    return openAt(directory, DOT, flags, 0);
  }

  /**
   * Opens the file behind a descriptor once more, with another access mode. The caller knows that
   * it is a regular file.
   */
  static int reopen(int fd, int access) {
    int flags = access | LinuxAbi.O_CLOEXEC | LinuxAbi.O_NOCTTY;
    return openAt(LinuxAbi.AT_FDCWD, self(fd), flags, 0);
  }

  private static int openAt(int directory, byte[] path, int flags, int mode) {
    return (int)
        call(s -> (int) Libc.OPENAT.invokeExact(s.state(), directory, s.string(path), flags, mode));
  }

  /** Closes a descriptor; what close(2) answers changes nothing. */
  static void close(int fd) {
    try (Scratch s = Scratch.take()) {
      int _ = (int) Libc.CLOSE.invokeExact(s.state(), fd);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** The soft limit of descriptors of this process. */
  static long descriptorLimit() {
    try (Scratch scratch = Scratch.take()) {
      call(
          scratch,
          s -> (int) Libc.GETRLIMIT.invokeExact(s.state(), LinuxAbi.RLIMIT_NOFILE, s.struct()));
      long soft = scratch.struct().get(JAVA_LONG, 0);
      return soft < 0 ? Long.MAX_VALUE : soft;
    }
  }

  // ---- attributes -----------------------------------------------------------------------------

  /** Attributes of the file behind a descriptor. */
  static HostStat stat(int fd) {
    return stat(fd, EMPTY);
  }

  /** Attributes of what a name stands for, a symlink itself included. */
  static HostStat stat(int directory, HostName name) {
    return stat(directory, name.bytes());
  }

  private static HostStat stat(int fd, byte[] path) {
    try (Scratch scratch = Scratch.take()) {
      call(
          scratch,
          s ->
              (long)
                  Libc.STATX.invokeExact(
                      s.state(), fd, s.string(path), STAT_FLAGS, STAT_MASK, s.struct()));
      return HostStat.decode(scratch.struct());
    }
  }

  /** Changes permission bits. Not for symlinks, which the caller knows. */
  static void chmod(int fd, int mode) {
    byte[] path = self(fd);
    call(s -> (int) Libc.CHMOD.invokeExact(s.state(), s.string(path), mode));
  }

  /** Changes owner and group; -1 keeps one. */
  static void chown(int fd, int uid, int gid) {
    call(s ->
        (int)
            Libc.FCHOWNAT.invokeExact(
                s.state(), fd, s.string(EMPTY), uid, gid, LinuxAbi.AT_EMPTY_PATH));
  }

  /** Changes times, nanoseconds since the epoch; {@link AttributeChange#KEEP_TIME} keeps one. */
  static void utimes(int fd, long accessTime, long modificationTime) {
    try (Scratch scratch = Scratch.take()) {
      MemorySegment times = scratch.struct();
      putTime(times, 0, accessTime);
      putTime(times, 16, modificationTime);
      try {
        call(scratch, s -> utimensat(s, fd, EMPTY, LinuxAbi.AT_EMPTY_PATH));
      } catch (ErrnoException e) {
        if (e.errno() != EINVAL) {
          throw e;
        }
        // Before Linux 5.8 there is no empty path here.
        call(scratch, s -> utimensat(s, LinuxAbi.AT_FDCWD, self(fd), 0));
      }
    }
  }

  private static int utimensat(Scratch s, int fd, byte[] path, int flags) throws Throwable {
    return (int) Libc.UTIMENSAT.invokeExact(s.state(), fd, s.string(path), s.struct(), flags);
  }

  private static void putTime(MemorySegment segment, long offset, long time) {
    boolean keep = time == AttributeChange.KEEP_TIME;
    segment.set(JAVA_LONG, offset, keep ? 0 : Math.floorDiv(time, NANOS));
    segment.set(JAVA_LONG, offset + 8, keep ? LinuxAbi.UTIME_OMIT : Math.floorMod(time, NANOS));
  }

  /** Capacity and use of the host file system behind a descriptor. */
  static HostStatFs statFs(int fd) {
    try (Scratch scratch = Scratch.take()) {
      call(scratch, s -> (int) Libc.FSTATFS.invokeExact(s.state(), fd, s.struct()));
      return HostStatFs.decode(scratch.struct());
    }
  }

  // ---- names ----------------------------------------------------------------------------------

  static void makeDirectory(int directory, HostName name, int mode) {
    call(s -> (int) Libc.MKDIRAT.invokeExact(s.state(), directory, s.name(name), mode));
  }

  /** Creates a symlink; the target is free text of less than 4096 bytes. */
  static void symlink(byte[] target, int directory, HostName name) {
    if (target.length >= Scratch.STRING_BYTES) {
      throw ENAMETOOLONG.exception();
    }
    call(s ->
        (int) Libc.SYMLINKAT.invokeExact(s.state(), s.second(target), directory, s.name(name)));
  }

  /** The target of the symlink behind a path descriptor. */
  static byte[] readLink(int fd) {
    try (Scratch scratch = Scratch.take()) {
      long length =
          call(
              scratch,
              s ->
                  (long)
                      Libc.READLINKAT.invokeExact(
                          s.state(), fd, s.string(EMPTY), s.data(), (long) Scratch.DATA_BYTES));
      return scratch.data().asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  /** Gives the file behind a descriptor one more name; it may be one without any. */
  static void link(int fd, int directory, HostName name) {
    byte[] path = self(fd);
    call(s ->
        (int)
            Libc.LINKAT.invokeExact(
                s.state(),
                LinuxAbi.AT_FDCWD,
                s.second(path),
                directory,
                s.name(name),
                LinuxAbi.AT_SYMLINK_FOLLOW));
  }

  static void unlink(int directory, HostName name) {
    call(s -> (int) Libc.UNLINKAT.invokeExact(s.state(), directory, s.name(name), 0));
  }

  static void removeDirectory(int directory, HostName name) {
    call(s ->
        (int) Libc.UNLINKAT.invokeExact(s.state(), directory, s.name(name), LinuxAbi.AT_REMOVEDIR));
  }

  /** renameat2(2). */
  static void rename(int from, HostName oldName, int to, HostName newName, int flags) {
    call(s ->
        (long)
            Libc.RENAMEAT2.invokeExact(
                s.state(), from, s.name(oldName), to, s.second(newName.bytes()), flags));
  }

  /**
   * Reads {@code struct linux_dirent64}s from where the descriptor stands.
   *
   * @return bytes placed in the buffer, 0 at the end
   */
  static int readDirectory(int fd, byte[] buffer) {
    long room = Math.min(buffer.length, Scratch.DATA_BYTES);
    try (Scratch scratch = Scratch.take()) {
      int length =
          (int)
              call(scratch, s -> (long) Libc.GETDENTS64.invokeExact(s.state(), fd, s.data(), room));
      MemorySegment.copy(scratch.data(), JAVA_BYTE, 0, buffer, 0, length);
      return length;
    }
  }

  // ---- contents -------------------------------------------------------------------------------

  /** One pread(2) of at most {@link Scratch#DATA_BYTES}. */
  static int read(int fd, long position, byte[] buffer, int offset, int length) {
    long room = Math.min(length, Scratch.DATA_BYTES);
    try (Scratch scratch = Scratch.take()) {
      int count =
          (int)
              call(
                  scratch,
                  s -> (long) Libc.PREAD.invokeExact(s.state(), fd, s.data(), room, position));
      MemorySegment.copy(scratch.data(), JAVA_BYTE, 0, buffer, offset, count);
      return count;
    }
  }

  /** One pwrite(2) of at most {@link Scratch#DATA_BYTES}. */
  static int write(int fd, long position, byte[] buffer, int offset, int length) {
    int room = Math.min(length, Scratch.DATA_BYTES);
    try (Scratch scratch = Scratch.take()) {
      MemorySegment.copy(buffer, offset, scratch.data(), JAVA_BYTE, 0, room);
      return (int)
          call(
              scratch,
              s -> (long) Libc.PWRITE.invokeExact(s.state(), fd, s.data(), (long) room, position));
    }
  }

  /**
   * Appends in one step, whoever else appends, and leaves the offset of the descriptor behind what
   * was written.
   *
   * @return bytes written
   */
  static int append(int fd, byte[] buffer, int offset, int length) {
    try (Arena arena = Arena.ofConfined();
        Scratch scratch = Scratch.take()) {
      MemorySegment data =
          length <= Scratch.DATA_BYTES ? scratch.data() : arena.allocate(length, 1);
      MemorySegment.copy(buffer, offset, data, JAVA_BYTE, 0, length);
      MemorySegment vector = scratch.struct();
      vector.set(ADDRESS, 0, data);
      vector.set(JAVA_LONG, ADDRESS.byteSize(), length);
      return (int)
          call(
              scratch,
              s ->
                  (long)
                      Libc.PWRITEV2.invokeExact(
                          s.state(), fd, s.struct(), 1, -1L, -1L, LinuxAbi.RWF_APPEND));
    }
  }

  static long seek(int fd, long offset, int whence) {
    return call(s -> (long) Libc.LSEEK.invokeExact(s.state(), fd, offset, whence));
  }

  static void truncate(int fd, long size) {
    call(s -> (int) Libc.FTRUNCATE.invokeExact(s.state(), fd, size));
  }

  static void allocate(int fd, int mode, long position, long length) {
    call(s -> (int) Libc.FALLOCATE.invokeExact(s.state(), fd, mode, position, length));
  }

  static void sync(int fd) {
    call(s -> (int) Libc.FSYNC.invokeExact(s.state(), fd));
  }

  // ---- extended attributes --------------------------------------------------------------------

  static byte[] getXattr(int fd, byte[] name) {
    byte[] path = self(fd);
    try (Scratch scratch = Scratch.take()) {
      long length =
          call(
              scratch,
              s ->
                  (long)
                      Libc.GETXATTR.invokeExact(
                          s.state(),
                          s.string(path),
                          s.second(name),
                          s.data(),
                          (long) Scratch.DATA_BYTES));
      return scratch.data().asSlice(0, length).toArray(JAVA_BYTE);
    }
  }

  static List<byte[]> listXattrs(int fd) {
    byte[] path = self(fd);
    try (Scratch scratch = Scratch.take()) {
      int length =
          (int)
              call(
                  scratch,
                  s ->
                      (long)
                          Libc.LISTXATTR.invokeExact(
                              s.state(), s.string(path), s.data(), (long) Scratch.DATA_BYTES));
      byte[] names = scratch.data().asSlice(0, length).toArray(JAVA_BYTE);
      List<byte[]> list = new ArrayList<>();
      int start = 0;
      for (int i = 0; i < length; i++) {
        if (names[i] == 0) {
          list.add(Arrays.copyOfRange(names, start, i));
          start = i + 1;
        }
      }
      return list;
    }
  }

  static void setXattr(int fd, byte[] name, byte[] value, int flags) {
    byte[] path = self(fd);
    try (Scratch scratch = Scratch.take()) {
      MemorySegment.copy(value, 0, scratch.data(), JAVA_BYTE, 0, value.length);
      call(
          scratch,
          s ->
              (int)
                  Libc.SETXATTR.invokeExact(
                      s.state(),
                      s.string(path),
                      s.second(name),
                      s.data(),
                      (long) value.length,
                      flags));
    }
  }

  static void removeXattr(int fd, byte[] name) {
    byte[] path = self(fd);
    call(s -> (int) Libc.REMOVEXATTR.invokeExact(s.state(), s.string(path), s.second(name)));
  }
}
