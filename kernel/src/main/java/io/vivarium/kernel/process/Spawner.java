package io.vivarium.kernel.process;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTDIR;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.wait.HostTask;
import java.util.List;
import java.util.Map;

/**
 * Makes processes: posix_spawn(3) by a process, and launches by the host. The child is in the table
 * from the beginning, without thread; its file actions run on the thread of whoever spawns. It
 * starts when everything has worked out, or disappears without trace.
 */
final class Spawner {
  private final ProcessTable table;
  private final VirtualFileSystem vfs;
  private final Opener opener;
  private final ImageLoader loader;

  Spawner(ProcessTable table, VirtualFileSystem vfs, Opener opener, ImageLoader loader) {
    this.table = table;
    this.vfs = vfs;
    this.opener = opener;
    this.loader = loader;
  }

  Process spawn(Process parent, SpawnRequest request) {
    check(request);
    Process child = table.add(parent);
    return start(
        child,
        request,
        () -> {
          child.setStarter(parent);
          child.setWorkingDirectory(parent.workingDirectory());
        });
  }

  Process launch(Launch launch) {
    Process child;
    try {
      check(launch.request());
      child = table.add(table.init());
    } catch (Throwable failed) {
      launch.descriptors().values().forEach(FileDescription::release);
      throw failed;
    }
    return start(
        child,
        launch.request(),
        () -> {
          child.setStarter(HostTask.current());
          child.setCredentials(launch.credentials());
          child.setUmask(launch.umask());
          install(child.descriptors(), launch.descriptors());
          child.setWorkingDirectory(launch.workingDirectory());
          launch.prepare().accept(child);
        });
  }

  private void check(SpawnRequest request) {
    if (request.newSession() && request.group() != null) {
      throw EPERM.exception();
    }
    loader.checkSize(request.arguments(), request.environment());
  }

  /** Puts every description into the table; what does not fit any more is released. */
  private static void install(FdTable table, Map<Integer, FileDescription> descriptors) {
    RuntimeException failure = null;
    for (Map.Entry<Integer, FileDescription> entry : descriptors.entrySet()) {
      try {
        if (failure == null) {
          table.installAt(entry.getKey(), entry.getValue(), false);
        } else {
          entry.getValue().release();
        }
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private Process start(Process child, SpawnRequest request, Runnable inherit) {
    boolean started = false;
    try {
      applySession(child, request);
      inherit.run();
      // Whoever asks who is calling (proc does) is to see the child.
      Program program =
          ScopedValue.where(Process.currentKey(), child).call(() -> prepare(child, request));
      table.start(child, program);
      started = true;
      return child;
    } finally {
      if (!started) {
        abandon(child);
      }
    }
  }

  /** What the child does before its program runs, in the order of posix_spawn(3). */
  private Program prepare(Process child, SpawnRequest request) {
    applyAttributes(child, request);
    if (request.workingDirectory() != null) {
      changeDirectory(child, request.workingDirectory());
    }
    for (FileAction action : request.fileActions()) {
      perform(child, action);
    }
    List<String> environment = loader.passed(request.environment());
    ImageLoader.Image image =
        loader.load(
            child.credentials(),
            child.workingDirectory(),
            request.path(),
            request.searchPath(),
            request.arguments());
    child.adopt(image, environment);
    child.descriptors().closeOnExec();
    child.setCredentials(child.credentials().executed());
    return image.program();
  }

  private void abandon(Process child) {
    try {
      child.releaseResources();
    } finally {
      table.remove(child);
    }
  }

  private void applySession(Process child, SpawnRequest request) {
    if (request.newSession()) {
      table.jobs().newSession(child);
    }
    Integer group = request.group();
    if (group != null) {
      if (group < 0) {
        throw EPERM.exception();
      }
      synchronized (table.lock) {
        table.jobs().move(child, group == 0 ? child.pid() : group);
      }
    }
  }

  private static void applyAttributes(Process child, SpawnRequest request) {
    Long mask = request.signalMask();
    if (mask != null) {
      child.signals().setMask(mask);
    }
    for (int signal = 1; signal <= Signal.SIGRTMAX; signal++) {
      boolean fixed = SignalSet.contains(SignalSet.UNBLOCKABLE, signal);
      if (!fixed && SignalSet.contains(request.defaultSignals(), signal)) {
        child.signals().setAction(signal, SignalAction.DEFAULT);
      }
    }
    if (request.resetIds()) {
      child.setCredentials(child.credentials().resetIds());
    }
  }

  private void perform(Process child, FileAction action) {
    FdTable descriptors = child.descriptors();
    switch (action) {
      case FileAction.Close(int fd) -> descriptors.close(fd);
      case FileAction.Dup2(int source, int target) -> {
        if (source == target) {
          descriptors.setCloseOnExec(source, false);
        } else {
          descriptors.dup2(source, target);
        }
      }
      case FileAction.Open(int fd, String path, int flags, int mode) -> {
        int permissions = mode & Mode.PERMISSIONS & ~child.umask();
        Location start = child.workingDirectory();
        FileDescription opened =
            opener.open(child, child.credentials(), start, path, flags, permissions);
        descriptors.installAt(fd, opened, (flags & OpenFlags.O_CLOEXEC) != 0);
      }
      case FileAction.Chdir(String path) -> changeDirectory(child, path);
      case FileAction.Fchdir(int fd) -> {
        Location place = descriptors.peek(fd).location();
        if (place == null) {
          throw ENOTDIR.exception();
        }
        enter(child, place);
      }
      case FileAction.CloseFrom(int low) -> descriptors.closeFrom(low);
    }
  }

  private void changeDirectory(Process child, String path) {
    if (path.isEmpty()) {
      throw ENOENT.exception();
    }
    enter(
        child,
        vfs.resolve(child.credentials(), child.workingDirectory(), path, true, FileOperation.STAT));
  }

  private static void enter(Process child, Location place) {
    if (place.inode().type() != FileType.DIRECTORY) {
      throw ENOTDIR.exception();
    }
    if (!Access.allowed(place.inode(), child.credentials(), Access.EXECUTE)) {
      throw EACCES.exception();
    }
    child.setWorkingDirectory(place);
  }
}
