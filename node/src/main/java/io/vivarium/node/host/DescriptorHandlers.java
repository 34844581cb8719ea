package io.vivarium.node.host;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.kernel.syscall.PollCalls;
import io.vivarium.kernel.syscall.TerminalCalls;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.kernel.tty.Termios;
import io.vivarium.kernel.tty.WindowSize;
import io.vivarium.node.channel.Slot;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Calls that take descriptors. */
final class DescriptorHandlers {
  private static final int TERMINAL = 1;

  /** Bits of c_iflag that lines without a wire do not need (termios(3)). */
  private static final int BRKINT = 0000002;

  private static final int INPCK = 0000020;

  private final DescriptorCalls descriptors;
  private final PollCalls poll;
  private final TerminalCalls terminals;

  /** How terminals were before they became raw. */
  private final Map<Integer, Termios> cooked = new HashMap<>();

  DescriptorHandlers(DescriptorCalls descriptors, PollCalls poll, TerminalCalls terminals) {
    this.descriptors = descriptors;
    this.poll = poll;
    this.terminals = terminals;
  }

  long close(Request request) {
    descriptors.close(request.integer(0));
    return 0;
  }

  long read(Request request) {
    int length = request.place(1);
    byte[] buffer = request.buffer(length);
    long position = request.number(2);
    int count =
        position < 0
            ? descriptors.read(request.integer(0), buffer, 0, length)
            : descriptors.pread(request.integer(0), position, buffer, 0, length);
    request.answer(buffer, count);
    return count;
  }

  long readNow(Request request) {
    requireReady(request.integer(0), PollEvents.POLLIN);
    int length = request.place(1);
    byte[] buffer = request.buffer(length);
    int count = descriptors.read(request.integer(0), buffer, 0, length);
    request.answer(buffer, count);
    return count;
  }

  long write(Request request) {
    int length = request.place(1);
    long position = request.number(2);
    byte[] bytes = request.bytes(0, length);
    return position < 0
        ? descriptors.write(request.integer(0), bytes, 0, length)
        : descriptors.pwrite(request.integer(0), position, bytes, 0, length);
  }

  long writeNow(Request request) {
    requireReady(request.integer(0), PollEvents.POLLOUT);
    int length = request.place(1);
    return descriptors.write(request.integer(0), request.bytes(0, length), 0, length);
  }

  private void requireReady(int fd, int event) {
    int[] found = {0};
    if (poll.poll(new int[] {fd}, new int[] {event}, found, 0) == 0) {
      throw Errno.EAGAIN.exception();
    }
  }

  long poll(Request request) {
    int[] found = {0};
    long milliseconds = request.number(2);
    long timeout = milliseconds < 0 ? -1 : TimeUnit.MILLISECONDS.toNanos(milliseconds);
    poll.poll(new int[] {request.integer(0)}, new int[] {request.integer(1)}, found, timeout);
    return found[0];
  }

  long fstat(Request request) {
    return FileHandlers.answer(request, descriptors.stat(request.integer(0)));
  }

  long readDirectory(Request request) {
    byte[] buffer = request.buffer(Slot.DATA_BYTES);
    int[] length = {0};
    long[] next = {request.number(1)};
    descriptors.readDirectory(
        request.integer(0),
        request.number(1),
        (name, ino, type, cookie) -> {
          if (name.equals(".") || name.equals("..")) {
            next[0] = cookie;
            return true;
          }
          byte[] bytes = ByteStrings.encode(name);
          if (length[0] + bytes.length + 2 > Slot.DATA_BYTES) {
            return false;
          }
          int at = length[0];
          buffer[at] = (byte) type.directoryEntryType();
          System.arraycopy(bytes, 0, buffer, at + 1, bytes.length);
          buffer[at + 1 + bytes.length] = 0;
          length[0] = at + bytes.length + 2;
          next[0] = cookie;
          return true;
        });
    request.answer(buffer, length[0]);
    request.answerNumber(0, next[0]);
    return length[0];
  }

  long chmod(Request request) {
    descriptors.chmod(request.integer(0), request.integer(1));
    return 0;
  }

  long chown(Request request) {
    descriptors.chown(request.integer(0), FileHandlers.id(request, 1), FileHandlers.id(request, 2));
    return 0;
  }

  long utimes(Request request) {
    descriptors.utimens(
        request.integer(0), FileHandlers.nanos(request, 1), FileHandlers.nanos(request, 2));
    return 0;
  }

  long truncate(Request request) {
    descriptors.truncate(request.integer(0), request.number(1));
    return 0;
  }

  long sync(Request request) {
    descriptors.sync(request.integer(0));
    return 0;
  }

  long kind(Request request) {
    int fd = request.integer(0);
    if (terminals.isatty(fd)) {
      return TERMINAL;
    }
    return descriptors.stat(fd).mode() & Mode.TYPE_MASK;
  }

  long pipe(Request request) {
    FdPair ends = descriptors.pipe(request.integer(0) | OpenFlags.O_CLOEXEC);
    request.answerNumber(0, ends.first());
    request.answerNumber(1, ends.second());
    return 0;
  }

  long setNonBlocking(Request request) {
    int fd = request.integer(0);
    int flags = descriptors.flags(fd) & ~OpenFlags.O_NONBLOCK;
    descriptors.setFlags(fd, request.flag(1) ? flags | OpenFlags.O_NONBLOCK : flags);
    return 0;
  }

  long windowSize(Request request) {
    WindowSize size = terminals.size(request.integer(0));
    request.answerNumber(0, size.columns());
    request.answerNumber(1, size.rows());
    return 0;
  }

  /** As uv_tty_set_mode. */
  long rawMode(Request request) {
    int fd = request.integer(0);
    if (request.flag(1)) {
      Termios present = terminals.attributes(fd);
      cooked.putIfAbsent(fd, present);
      terminals.setAttributes(
          fd,
          present
              .withInput(0, BRKINT | Termios.ICRNL | INPCK | Termios.ISTRIP | Termios.IXON)
              .withOutput(Termios.ONLCR, 0)
              .withLocal(0, Termios.ECHO | Termios.ICANON | Termios.IEXTEN | Termios.ISIG)
              .withCharacter(Termios.VMIN, 1)
              .withCharacter(Termios.VTIME, 0));
    } else {
      restoreMode(fd);
    }
    return 0;
  }

  private void restoreMode(int fd) {
    Termios before = cooked.remove(fd);
    if (before != null) {
      terminals.setAttributes(fd, before);
    }
  }

  /** As uv_tty_reset_mode: at the end of the program. */
  void restoreModes() {
    for (int fd : cooked.keySet().toArray(Integer[]::new)) {
      if (terminals.isatty(fd)) {
        restoreMode(fd);
      }
    }
  }
}
