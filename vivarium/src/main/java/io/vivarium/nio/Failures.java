package io.vivarium.nio;

import io.vivarium.kernel.errno.ErrnoException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Errnos as the exceptions that {@link java.nio.file.Files} documents. */
final class Failures {
  private Failures() {}

  /** A call of the kernel. */
  interface Call<T extends @Nullable Object> {
    T run() throws IOException;
  }

  /** A call of the kernel without result. */
  interface Action {
    void run() throws IOException;
  }

  /** Runs a call about a path, turning an errno into an exception that names the path. */
  static <T extends @Nullable Object> T translate(Path path, Call<T> call) throws IOException {
    try {
      return call.run();
    } catch (ErrnoException e) {
      throw of(e, path, null);
    }
  }

  /** Runs an action about one or two paths. */
  static void run(Path path, @Nullable Path other, Action action) throws IOException {
    try {
      action.run();
    } catch (ErrnoException e) {
      throw of(e, path, other);
    }
  }

  static IOException of(ErrnoException e, Path path, @Nullable Path other) {
    String file = path.toString();
    String second = other == null ? null : other.toString();
    return switch (e.errno()) {
      case ENOENT -> new NoSuchFileException(file, second, null);
      case EEXIST -> new FileAlreadyExistsException(second == null ? file : second);
      case ENOTEMPTY -> new DirectoryNotEmptyException(second == null ? file : second);
      case ENOTDIR -> new NotDirectoryException(file);
      case EACCES, EPERM -> new AccessDeniedException(file, second, e.errno().message());
      case ELOOP -> new FileSystemLoopException(file);
      default -> new FileSystemException(file, second, e.errno().message());
    };
  }

  static IOException ofReadLink(ErrnoException e, Path path) {
    return e.errno() == io.vivarium.kernel.errno.Errno.EINVAL
        ? new NotLinkException(path.toString())
        : of(e, path, null);
  }
}
