package io.vivarium.nio;

import io.vivarium.kernel.file.OpenFlags;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;

/** Java's options for opening and creating files as flags and modes of open(2). */
final class OpenOptions {
  private OpenOptions() {}

  static int flags(Set<? extends OpenOption> options) {
    boolean writes = options.contains(StandardOpenOption.WRITE);
    boolean appends = options.contains(StandardOpenOption.APPEND);
    boolean reads = options.contains(StandardOpenOption.READ) || !(writes || appends);
    if (appends && options.contains(StandardOpenOption.READ)) {
      throw new IllegalArgumentException("READ + APPEND not allowed");
    }
    if (appends && options.contains(StandardOpenOption.TRUNCATE_EXISTING)) {
      throw new IllegalArgumentException("APPEND + TRUNCATE_EXISTING not allowed");
    }
    int flags =
        writes || appends ? (reads ? OpenFlags.O_RDWR : OpenFlags.O_WRONLY) : OpenFlags.O_RDONLY;
    if (appends) {
      flags |= OpenFlags.O_APPEND;
    }
    for (OpenOption option : options) {
      if (option instanceof StandardOpenOption standard) {
        flags |=
            switch (standard) {
              case READ, WRITE, APPEND, DELETE_ON_CLOSE, SPARSE -> 0;
              case TRUNCATE_EXISTING -> writes ? OpenFlags.O_TRUNC : 0;
              case CREATE -> writes || appends ? OpenFlags.O_CREAT : 0;
              case CREATE_NEW -> writes || appends ? OpenFlags.O_CREAT | OpenFlags.O_EXCL : 0;
              case SYNC -> OpenFlags.O_SYNC;
              case DSYNC -> OpenFlags.O_DSYNC;
            };
      } else if (option == LinkOption.NOFOLLOW_LINKS) {
        flags |= OpenFlags.O_NOFOLLOW;
      } else {
        throw new UnsupportedOperationException("A machine's files do not know " + option);
      }
    }
    return flags;
  }

  static int mode(FileAttribute<?>[] attributes, int otherwise) {
    int mode = otherwise;
    for (FileAttribute<?> attribute : attributes) {
      if (!attribute.name().equals("posix:permissions")
          || !(attribute.value() instanceof Set<?> values)) {
        throw new UnsupportedOperationException(
            "Only posix:permissions can be given at creation, not " + attribute.name());
      }
      Set<PosixFilePermission> permissions = new HashSet<>();
      for (Object value : values) {
        permissions.add((PosixFilePermission) value);
      }
      mode = Permissions.toMode(permissions);
    }
    return mode;
  }
}
