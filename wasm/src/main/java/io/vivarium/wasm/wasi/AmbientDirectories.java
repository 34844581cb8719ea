package io.vivarium.wasm.wasi;

import io.vivarium.kernel.syscall.AtFlags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a preview 1 program that runs as an ordinary command of the machine. It may go
 * wherever its user may; preopens are only names to start from: {@code .} at 3, {@code /} at 4 and
 * {@code .} again at 5.
 *
 * <p>Three, because runtimes of languages choose differently. Zig's takes the first as the working
 * directory. Go's takes the longest name that fits, after joining it with PWD. wasi-libc (C, C++,
 * Rust, TinyGo) has no working directory: it drops slashes at the front of a path and takes the
 * last preopen whose name fits, so {@code /tmp/x} and {@code tmp/x} both arrive as {@code tmp/x} at
 * 5. Which was meant is decided here: a path whose first name exists in the working directory is
 * relative; else if that exists in the root the path is absolute; else it is relative.
 *
 * <p>Source: WASI preview 1, {@code fd_prestat_get}.
 */
public final class AmbientDirectories implements Directories {
  private static final int WORKING_DIRECTORY = 3;
  private static final int ROOT = 4;
  private static final int EITHER = 5;

  private final Map<Integer, String> names =
      new HashMap<>(Map.of(WORKING_DIRECTORY, ".", ROOT, "/", EITHER, "."));
  private final Predicate<String> exists;

  /**
   * Directories of a program.
   *
   * @param exists whether a path, relative to the working directory or absolute, names something;
   *     symlinks are not followed
   */
  public AmbientDirectories(Predicate<String> exists) {
    this.exists = exists;
  }

  /** What has to be open, from descriptor 3 on. */
  public static List<String> preopens() {
    return List.of(".", "/", ".");
  }

  @Override
  public @Nullable String preopened(int fd) {
    return names.get(fd);
  }

  @Override
  public At resolve(int fd, String path) {
    if (Directories.isAbsolute(path)) {
      return Directories.absolute(path);
    }
    Directories.descriptor(fd);
    if (fd == EITHER && names.containsKey(EITHER)) {
      return either(path);
    }
    return new At(fd, path);
  }

  private At either(String path) {
    int slash = path.indexOf('/');
    String first = slash < 0 ? path : path.substring(0, slash);
    boolean relative =
        first.isEmpty()
            || first.equals(".")
            || first.equals("..")
            || exists.test(first)
            || !exists.test("/".concat(first));
    return relative ? new At(AtFlags.AT_FDCWD, path) : Directories.absolute("/".concat(path));
  }

  @Override
  public boolean confined() {
    return false;
  }

  @Override
  public void closed(int fd) {
    names.remove(fd);
  }

  @Override
  public void renumbered(int from, int to) {
    names.remove(from);
    names.remove(to);
  }
}
