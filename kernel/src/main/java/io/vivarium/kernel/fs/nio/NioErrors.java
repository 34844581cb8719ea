package io.vivarium.kernel.fs.nio;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.ReadOnlyFileSystemException;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one door to a provider: whatever comes out of it, a guest sees a result or an errno. */
final class NioErrors {
  private static final Map<String, Errno> BY_MESSAGE = new HashMap<>();

  static {
    for (Errno errno : Errno.values()) {
      BY_MESSAGE.put(errno.message(), errno);
    }
  }

  private NioErrors() {}

  /** Something a provider is asked. */
  @FunctionalInterface
  interface Call<T extends @Nullable Object> {
    T run() throws IOException;
  }

  /** Something a provider is asked to do. */
  @FunctionalInterface
  interface Action {
    void run() throws IOException;
  }

  /**
   * Asks the provider.
   *
   * @throws ErrnoException whatever the provider threw, as an errno
   */
  static <T extends @Nullable Object> T ask(Call<T> call) {
    try {
      return call.run();
    } catch (Throwable e) {
      throw errno(e).exception();
    }
  }

  /** As {@link #ask}, without a result. */
  static void tell(Action action) {
    try {
      action.run();
    } catch (Throwable e) {
      throw errno(e).exception();
    }
  }

  /** The errno for what a provider threw. */
  static Errno errno(Throwable thrown) {
    return switch (thrown) {
      case ErrnoException e -> e.errno();
      case NoSuchFileException _, FileNotFoundException _ -> Errno.ENOENT;
      case FileAlreadyExistsException _ -> Errno.EEXIST;
      case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
      case AccessDeniedException _, SecurityException _ -> Errno.EACCES;
      case NotDirectoryException _ -> Errno.ENOTDIR;
      case NotLinkException _, InvalidPathException _ -> Errno.EINVAL;
      case FileSystemLoopException _ -> Errno.ELOOP;
      case AtomicMoveNotSupportedException _ -> Errno.EXDEV;
      case ReadOnlyFileSystemException _ -> Errno.EROFS;
      case NonWritableChannelException _, NonReadableChannelException _ -> Errno.EACCES;
      case UnsupportedOperationException _ -> Errno.EOPNOTSUPP;
      case DirectoryIteratorException e -> byCause(e.getCause());
      case FileSystemException e -> byMessage(e.getReason());
      case IOException e -> byMessage(e.getMessage());
      case OutOfMemoryError _ -> Errno.ENOMEM;
      default -> Errno.EIO;
    };
  }

  private static Errno byCause(@Nullable Throwable cause) {
    return cause == null ? Errno.EIO : errno(cause);
  }

  /** Providers that sit on an operating system hand on what strerror(3) says. */
  private static Errno byMessage(@Nullable String message) {
    Errno errno = message == null ? null : BY_MESSAGE.get(message);
    return errno == null ? Errno.EIO : errno;
  }
}
