package io.vivarium.node.host;

import static io.vivarium.kernel.file.OpenFlags.O_CREAT;
import static io.vivarium.kernel.file.OpenFlags.O_EXCL;
import static io.vivarium.kernel.file.OpenFlags.O_WRONLY;
import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static io.vivarium.kernel.syscall.AtFlags.AT_SYMLINK_NOFOLLOW;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.kernel.syscall.FileCalls;
import io.vivarium.node.channel.Slot;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** Calls that take paths. */
final class FileHandlers {
  private static final long NANOS = 1_000_000_000L;
  private static final int MOST_LINKS = 40;

  private final FileCalls files;
  private final DescriptorCalls descriptors;

  FileHandlers(FileCalls files, DescriptorCalls descriptors) {
    this.files = files;
    this.descriptors = descriptors;
  }

  long open(Request request) {
    return files.open(AT_FDCWD, request.path(0), request.integer(1), request.integer(2));
  }

  /** The first part of the file; who wants more reads on by descriptor. */
  long readFile(Request request) {
    String path = request.path(0);
    int fd = files.open(AT_FDCWD, path, request.integer(1), 0);
    try {
      byte[] buffer = request.buffer(Slot.DATA_BYTES);
      int length = 0;
      while (length < Slot.DATA_BYTES) {
        int count = descriptors.read(fd, buffer, length, Slot.DATA_BYTES - length);
        if (count == 0) {
          break;
        }
        length += count;
      }
      request.answer(buffer, length);
      return length;
    } finally {
      descriptors.close(fd);
    }
  }

  long writeFile(Request request) {
    int pathLength = request.place(0);
    int length = request.place(3);
    String path = request.string(0, pathLength);
    int fd = files.open(AT_FDCWD, path, request.integer(1), request.integer(2));
    try {
      byte[] bytes = request.bytes(pathLength, length);
      int done = 0;
      while (done < length) {
        done += descriptors.write(fd, bytes, done, length - done);
      }
      return done;
    } finally {
      descriptors.close(fd);
    }
  }

  long stat(Request request) {
    int flags = request.flag(1) ? 0 : AT_SYMLINK_NOFOLLOW;
    return answer(request, files.stat(AT_FDCWD, request.path(0), flags));
  }

  /** The fields of Node's Stats in their order. */
  static long answer(Request request, Stat stat) {
    request.answerNumber(0, stat.device());
    request.answerNumber(1, stat.mode());
    request.answerNumber(2, stat.links());
    request.answerNumber(3, stat.uid());
    request.answerNumber(4, stat.gid());
    request.answerNumber(5, stat.rdev());
    request.answerNumber(6, Stat.BLOCK_SIZE);
    request.answerNumber(7, stat.inode());
    request.answerNumber(8, stat.size());
    request.answerNumber(9, stat.blocks());
    time(request, 10, stat.accessTime());
    time(request, 12, stat.modificationTime());
    time(request, 14, stat.changeTime());
    time(request, 16, stat.birthTime());
    return 0;
  }

  private static void time(Request request, int at, long nanoseconds) {
    request.answerNumber(at, Math.floorDiv(nanoseconds, NANOS));
    request.answerNumber(at + 1, Math.floorMod(nanoseconds, NANOS));
  }

  long statfs(Request request) {
    StatFs stat = files.statfs(AT_FDCWD, request.path(0));
    long blocks = stat.totalBytes() / Stat.BLOCK_SIZE;
    long free = stat.freeBytes() / Stat.BLOCK_SIZE;
    request.answerNumber(0, stat.type());
    request.answerNumber(1, Stat.BLOCK_SIZE);
    request.answerNumber(2, blocks);
    request.answerNumber(3, free);
    request.answerNumber(4, free);
    request.answerNumber(5, stat.totalInodes());
    request.answerNumber(6, stat.freeInodes());
    return 0;
  }

  long access(Request request) {
    files.access(AT_FDCWD, request.path(0), request.integer(1), 0);
    return 0;
  }

  long kind(Request request) {
    Stat stat = files.stat(AT_FDCWD, request.path(0), 0);
    return stat.type() == FileType.DIRECTORY ? 1 : 0;
  }

  long mkdir(Request request) {
    files.mkdir(AT_FDCWD, request.path(0), request.integer(1));
    return 0;
  }

  long rmdir(Request request) {
    files.rmdir(AT_FDCWD, request.path(0));
    return 0;
  }

  long unlink(Request request) {
    files.unlink(AT_FDCWD, request.path(0));
    return 0;
  }

  long rename(Request request) {
    files.rename(AT_FDCWD, first(request), AT_FDCWD, second(request), 0);
    return 0;
  }

  long link(Request request) {
    files.link(AT_FDCWD, first(request), AT_FDCWD, second(request), 0);
    return 0;
  }

  long symlink(Request request) {
    files.symlink(first(request), AT_FDCWD, second(request));
    return 0;
  }

  private static String first(Request request) {
    return request.path(0);
  }

  private static String second(Request request) {
    return request.string(request.place(0), request.place(1));
  }

  long readlink(Request request) {
    return request.answer(files.readlink(AT_FDCWD, request.path(0)));
  }

  /** realpath(3): every part of the path must exist. */
  long realpath(Request request) {
    String path = request.path(0);
    Deque<String> left = new ArrayDeque<>();
    String start = path.startsWith("/") ? "" : files.getcwd() + "/";
    push(left, start + path);
    String resolved = "";
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.pop();
      if (name.equals("..")) {
        resolved = resolved.substring(0, Math.max(0, resolved.lastIndexOf('/')));
        continue;
      }
      String next = resolved + "/" + name;
      Stat stat = files.stat(AT_FDCWD, next, AT_SYMLINK_NOFOLLOW);
      if (stat.type() != FileType.SYMLINK) {
        if (!left.isEmpty() && stat.type() != FileType.DIRECTORY) {
          throw Errno.ENOTDIR.exception();
        }
        resolved = next;
        continue;
      }
      links++;
      if (links > MOST_LINKS) {
        throw Errno.ELOOP.exception();
      }
      String target = files.readlink(AT_FDCWD, next);
      if (target.startsWith("/")) {
        resolved = "";
      }
      push(left, target);
    }
    return request.answer(resolved.isEmpty() ? "/" : resolved);
  }

  private static void push(Deque<String> left, String path) {
    for (String name : List.of(path.split("/")).reversed()) {
      if (!name.isEmpty() && !name.equals(".")) {
        left.push(name);
      }
    }
  }

  long chmod(Request request) {
    files.chmod(AT_FDCWD, request.path(0), request.integer(1), 0);
    return 0;
  }

  long chown(Request request) {
    int flags = request.flag(3) ? 0 : AT_SYMLINK_NOFOLLOW;
    files.chown(AT_FDCWD, request.path(0), id(request, 1), id(request, 2), flags);
    return 0;
  }

  /** JavaScript says 4294967295 where C says -1. */
  static int id(Request request, int at) {
    return (int) request.number(at);
  }

  long utimes(Request request) {
    int flags = request.flag(3) ? 0 : AT_SYMLINK_NOFOLLOW;
    files.utimens(AT_FDCWD, request.path(0), nanos(request, 1), nanos(request, 2), flags);
    return 0;
  }

  /** Seconds with fraction, as JavaScript has them. */
  static long nanos(Request request, int at) {
    long seconds = (long) Math.floor(request.fraction(at));
    double fraction = request.fraction(at) - seconds;
    // libuv has times to a tenth of a microsecond.
    return seconds * NANOS + Math.round(fraction * 1e7) * 100;
  }

  /** As copyfile of libuv: the mode goes along, the target is emptied. */
  long copyFile(Request request) {
    String from = first(request);
    String to = second(request);
    int source = files.open(AT_FDCWD, from, 0, 0);
    try {
      Stat stat = descriptors.stat(source);
      if (stat.type() == FileType.DIRECTORY) {
        throw Errno.EISDIR.exception();
      }
      int flags = O_WRONLY | O_CREAT | (request.flag(2) ? O_EXCL : 0);
      int target = files.open(AT_FDCWD, to, flags, stat.mode() & 07777);
      try {
        copy(request, source, target, stat);
      } finally {
        descriptors.close(target);
      }
      return 0;
    } finally {
      descriptors.close(source);
    }
  }

  private void copy(Request request, int source, int target, Stat stat) {
    Stat there = descriptors.stat(target);
    if (there.inode() == stat.inode() && there.device() == stat.device()) {
      return;
    }
    descriptors.truncate(target, 0);
    descriptors.chmod(target, stat.mode() & 07777);
    byte[] buffer = request.buffer(Slot.DATA_BYTES);
    while (true) {
      int count = descriptors.read(source, buffer, 0, Slot.DATA_BYTES);
      if (count == 0) {
        return;
      }
      int done = 0;
      while (done < count) {
        done += descriptors.write(target, buffer, done, count - done);
      }
    }
  }

  long getcwd(Request request) {
    return request.answer(files.getcwd());
  }

  long chdir(Request request) {
    files.chdir(request.path(0));
    return 0;
  }
}
