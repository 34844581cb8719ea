package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.fs.Location;
import java.util.List;

/** Replacing the program of a process: execve(2) and fexecve(3). */
final class Exec {
  private final ImageLoader loader;

  Exec(ImageLoader loader) {
    this.loader = loader;
  }

  void replace(
      Process process, String path, List<String> argv, List<String> environment, int[] alsoClose) {
    loader.checkSize(argv, environment);
    List<String> passed = loader.passed(environment);
    ImageLoader.Image image =
        loader.load(process.credentials(), process.workingDirectory(), path, null, argv);
    replace(process, image, passed, alsoClose);
  }

  void replace(
      Process process, int fd, List<String> argv, List<String> environment, int[] alsoClose) {
    loader.checkSize(argv, environment);
    Location file = process.descriptors().peek(fd).location();
    if (file == null) {
      throw EACCES.exception();
    }
    loader.permit(file);
    List<String> passed = loader.passed(environment);
    ImageLoader.Image image =
        loader.loadFile(
            process.credentials(), process.workingDirectory(), file, "/dev/fd/" + fd, argv);
    boolean isScript = image.file().inode() != file.inode();
    if (isScript && (process.descriptors().closesOnExec(fd) || contains(alsoClose, fd))) {
      // The interpreter could not open the script any more.
      image.release();
      throw ENOENT.exception();
    }
    replace(process, image, passed, alsoClose);
  }

  /** The point of no return: everything that can fail has been done. */
  private static void replace(
      Process process, ImageLoader.Image image, List<String> environment, int[] alsoClose) {
    process.adopt(image, environment);
    FdTable descriptors = process.descriptors();
    for (int fd : alsoClose) {
      closeIfOpen(descriptors, fd);
    }
    descriptors.closeOnExec();
    process.signals().imageReplaced();
    process.setCredentials(process.credentials().executed());
    throw new ImageReplaced(image.program());
  }

  private static void closeIfOpen(FdTable descriptors, int fd) {
    try {
      descriptors.close(fd);
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EBADF) {
        throw e;
      }
    }
  }

  private static boolean contains(int[] numbers, int number) {
    for (int candidate : numbers) {
      if (candidate == number) {
        return true;
      }
    }
    return false;
  }
}
