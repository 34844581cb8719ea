package io.vivarium.wasm.process;

import static io.vivarium.kernel.syscall.AtFlags.AT_FDCWD;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.syscall.SystemCalls;
import java.util.ArrayList;
import java.util.List;

/**
 * The environment as a guest sees it. The guests' libc has no other way to learn the working
 * directory than PWD, so it is made to say where the process is, unless it does already; then it
 * keeps its form, which may lead through symlinks.
 *
 * <p>Source: ABI section 4.
 */
final class GuestEnvironment {
  private static final String PWD = "PWD=";

  private GuestEnvironment() {}

  /** The entries for a process that starts. */
  static List<String> of(Process process, SystemCalls calls) {
    List<String> entries = new ArrayList<>(process.environment());
    for (int i = 0; i < entries.size(); i++) {
      if (entries.get(i).startsWith(PWD)) {
        if (!isWorkingDirectory(calls, entries.get(i).substring(PWD.length()))) {
          entries.set(i, PWD + workingDirectory(calls));
        }
        return entries;
      }
    }
    entries.add(PWD + workingDirectory(calls));
    return entries;
  }

  private static boolean isWorkingDirectory(SystemCalls calls, String path) {
    if (!path.startsWith("/")) {
      return false;
    }
    try {
      Stat named = calls.files().stat(AT_FDCWD, path, 0);
      Stat actual = calls.files().stat(AT_FDCWD, ".", 0);
      return named.inode() == actual.inode() && named.device() == actual.device();
    } catch (ErrnoException e) {
      return false;
    }
  }

  private static String workingDirectory(SystemCalls calls) {
    try {
      return calls.files().getcwd();
    } catch (ErrnoException e) {
      return "/";
    }
  }
}
