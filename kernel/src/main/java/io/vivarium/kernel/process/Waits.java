package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.ECHILD;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ESRCH;

import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waiting for children to change state: waitpid(2). */
final class Waits {
  private final ProcessTable table;

  Waits(ProcessTable table) {
    this.table = table;
  }

  WaitResult waitFor(Process parent, int pid, int options, long deadline) {
    if ((options & ~WaitOptions.ALL) != 0) {
      throw EINVAL.exception();
    }
    if (pid == Integer.MIN_VALUE) {
      throw ESRCH.exception();
    }
    int ownGroup = parent.group().id();
    Predicate<Process> wanted =
        child ->
            switch (Integer.signum(pid)) {
              case 1 -> child.pid() == pid;
              case 0 -> child.group().id() == ownGroup;
              default -> pid == -1 || child.group().id() == -pid;
            };
    Found found = new Found(parent, wanted, options);
    if ((options & WaitOptions.WNOHANG) != 0) {
      return found.look() ? found.result() : WaitResult.NONE;
    }
    return parent.await(found::look, deadline, parent.childChanges())
        ? found.result()
        : WaitResult.NONE;
  }

  /** One wait's search through the children. */
  private final class Found {
    private final Process parent;
    private final Predicate<Process> wanted;
    private final int options;
    private WaitResult result = WaitResult.NONE;

    Found(Process parent, Predicate<Process> wanted, int options) {
      this.parent = parent;
      this.wanted = wanted;
      this.options = options;
    }

    /** Takes the first report there is; ECHILD when there is nobody to wait for. */
    boolean look() {
      synchronized (table.lock) {
        boolean any = false;
        for (Process child : parent.children()) {
          if (!wanted.test(child)) {
            continue;
          }
          any = true;
          WaitResult report = report(child);
          if (report != null) {
            result = report;
            return true;
          }
        }
        if (!any) {
          throw ECHILD.exception();
        }
        return false;
      }
    }

    private @Nullable WaitResult report(Process child) {
      if (child.isZombie()) {
        int status = child.status();
        table.reap(child);
        return new WaitResult(child.pid(), status);
      }
      int word = child.takeReport(options);
      return word < 0 ? null : new WaitResult(child.pid(), word);
    }

    WaitResult result() {
      return result;
    }
  }
}
