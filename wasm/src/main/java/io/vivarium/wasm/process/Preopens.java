package io.vivarium.wasm.process;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.file.OpenFlags.O_DIRECTORY;
import static io.vivarium.kernel.file.OpenFlags.O_PATH;
import static io.vivarium.kernel.file.OpenFlags.O_RDONLY;
import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;
import static io.vivarium.kernel.syscall.AtFlags.AT_SYMLINK_NOFOLLOW;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.wasm.wasi.AmbientDirectories;
import io.vivarium.wasm.wasi.Directories;
import io.vivarium.wasm.wasi.GrantedDirectories;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Opens the directories that a plain preview 1 program starts with, as descriptors from 3 on. Those
 * programs know no other way to inherit descriptors, so what was there is closed.
 */
final class Preopens {
  private static final int FIRST = 3;

  private Preopens() {}

  /** The directories of a command of the machine. */
  static Directories ofCommand(SystemCalls calls) {
    open(calls, AmbientDirectories.preopens());
    return new AmbientDirectories(path -> exists(calls, path));
  }

  /** Some directories and no others. */
  static Directories granted(SystemCalls calls, List<Preopen> preopens) {
    open(calls, preopens.stream().map(Preopen::path).toList());
    Map<Integer, String> names = new HashMap<>();
    for (int i = 0; i < preopens.size(); i++) {
      names.put(FIRST + i, preopens.get(i).name());
    }
    return new GrantedDirectories(names);
  }

  private static void open(SystemCalls calls, List<String> paths) {
    calls.descriptors().closeFrom(FIRST);
    for (int i = 0; i < paths.size(); i++) {
      int fd = open(calls, paths.get(i));
      // Standard streams may be closed; preopens start at 3 all the same.
      if (fd < FIRST) {
        calls.descriptors().renumber(fd, FIRST + i);
      }
    }
  }

  /** Opens a directory; one that may not be read is still good for starting paths from. */
  private static int open(SystemCalls calls, String path) {
    try {
      return calls.files().open(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
    } catch (ErrnoException e) {
      if (e.errno() != EACCES) {
        throw e;
      }
      return calls.files().open(AT_FDCWD, path, O_PATH | O_DIRECTORY, 0);
    }
  }

  private static boolean exists(SystemCalls calls, String path) {
    try {
      calls.files().stat(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW);
      return true;
    } catch (ErrnoException e) {
      // A name in the root that may not be looked at is meant all the same, and answers so itself.
      return e.errno() == EACCES && path.startsWith("/");
    }
  }
}
