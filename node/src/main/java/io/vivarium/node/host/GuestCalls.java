package io.vivarium.node.host;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.node.channel.Call;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which handler answers which call. */
final class GuestCalls {
  private final Map<Call, Handler> handlers = new EnumMap<>(Call.class);
  private final DescriptorHandlers descriptors;

  /** Answers a call. */
  @FunctionalInterface
  interface Handler {
    long answer(Request request);
  }

  GuestCalls(SystemCalls calls, Events events) {
    this.descriptors = new DescriptorHandlers(calls.descriptors(), calls.poll(), calls.terminals());
    addFiles(new FileHandlers(calls.files(), calls.descriptors()));
    addDescriptors(descriptors);
    addProcesses(new ProcessHandlers(calls.processes(), calls.identity()));
    handlers.put(Call.WATCH, events::watch);
    handlers.put(Call.SIGNAL, events::signal);
    handlers.put(Call.NEXT_EVENTS, events::next);
  }

  private void addFiles(FileHandlers files) {
    handlers.put(Call.OPEN, files::open);
    handlers.put(Call.READ_FILE, files::readFile);
    handlers.put(Call.WRITE_FILE, files::writeFile);
    handlers.put(Call.STAT, files::stat);
    handlers.put(Call.STATFS, files::statfs);
    handlers.put(Call.ACCESS, files::access);
    handlers.put(Call.KIND, files::kind);
    handlers.put(Call.MKDIR, files::mkdir);
    handlers.put(Call.RMDIR, files::rmdir);
    handlers.put(Call.UNLINK, files::unlink);
    handlers.put(Call.RENAME, files::rename);
    handlers.put(Call.LINK, files::link);
    handlers.put(Call.SYMLINK, files::symlink);
    handlers.put(Call.READLINK, files::readlink);
    handlers.put(Call.REALPATH, files::realpath);
    handlers.put(Call.CHMOD, files::chmod);
    handlers.put(Call.CHOWN, files::chown);
    handlers.put(Call.UTIMES, files::utimes);
    handlers.put(Call.COPY_FILE, files::copyFile);
    handlers.put(Call.GETCWD, files::getcwd);
    handlers.put(Call.CHDIR, files::chdir);
  }

  private void addDescriptors(DescriptorHandlers own) {
    handlers.put(Call.CLOSE, own::close);
    handlers.put(Call.READ, own::read);
    handlers.put(Call.READ_NOW, own::readNow);
    handlers.put(Call.WRITE, own::write);
    handlers.put(Call.WRITE_NOW, own::writeNow);
    handlers.put(Call.FSTAT, own::fstat);
    handlers.put(Call.READ_DIRECTORY, own::readDirectory);
    handlers.put(Call.FCHMOD, own::chmod);
    handlers.put(Call.FCHOWN, own::chown);
    handlers.put(Call.FUTIMES, own::utimes);
    handlers.put(Call.FTRUNCATE, own::truncate);
    handlers.put(Call.FSYNC, own::sync);
    handlers.put(Call.FD_KIND, own::kind);
    handlers.put(Call.PIPE, own::pipe);
    handlers.put(Call.SET_NONBLOCKING, own::setNonBlocking);
    handlers.put(Call.WINDOW_SIZE, own::windowSize);
    handlers.put(Call.RAW_MODE, own::rawMode);
    handlers.put(Call.POLL, own::poll);
  }

  private void addProcesses(ProcessHandlers processes) {
    handlers.put(Call.UMASK, processes::umask);
    handlers.put(Call.KILL, processes::kill);
    handlers.put(Call.GETPPID, processes::parent);
    handlers.put(Call.GET_ID, processes::getId);
    handlers.put(Call.SET_ID, processes::setId);
    handlers.put(Call.GETGROUPS, processes::groups);
    handlers.put(Call.PASSWD, processes::passwd);
    handlers.put(Call.GROUP, processes::group);
    handlers.put(Call.UNAME, processes::uname);
    handlers.put(Call.SPAWN, processes::spawn);
    handlers.put(Call.WAIT, processes::await);
    handlers.put(Call.SLEEP, processes::sleep);
  }

  /**
   * Answers a call, whatever is in it.
   *
   * @return what the call answers, or an errno below 0
   */
  long answer(@Nullable Call call, Request request) {
    Handler handler = call == null ? null : handlers.get(call);
    if (handler == null) {
      return -Errno.ENOSYS.number();
    }
    try {
      request.begin();
      return handler.answer(request);
    } catch (ErrnoException e) {
      return -e.errno().number();
    }
  }

  /** What a program leaves in order when it ends. */
  void end() {
    descriptors.restoreModes();
  }
}
