package io.vivarium;

import static io.vivarium.kernel.file.OpenFlags.O_NONBLOCK;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.Poll;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.wait.HostTask;
import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Feeds a command its input and collects its output, all on the calling thread: one poll over the
 * pipes and the end of the process. Output beyond the limit is read and dropped, so the guest never
 * stands still.
 */
final class Capture {
  private static final int STDIN = 0;
  private static final int STDOUT = 1;
  private static final int STDERR = 2;
  private static final int EXIT = 3;
  private static final int CHUNK = 1 << 16;

  /** The longest array there is, about. */
  private static final int MOST_KEPT = Integer.MAX_VALUE - 8;

  private final @Nullable FileDescription[] files;
  private final byte[] input;
  private final int limit;
  private final Gauge gauge;
  private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
  private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
  private final byte[] chunk = new byte[CHUNK];
  private int written;
  private boolean truncated;

  /**
   * What to serve; takes over a reference to each description.
   *
   * @param exit ready for reading when the process has ended
   * @param gauge says how many bytes of each output are kept, and hears how many there are
   */
  Capture(
      FileDescription stdin,
      FileDescription stdout,
      FileDescription stderr,
      FileDescription exit,
      byte[] input,
      Gauge gauge) {
    this.files = new @Nullable FileDescription[] {stdin, stdout, stderr, exit};
    this.input = input;
    this.gauge = gauge;
    this.limit = (int) Math.min(gauge.capacity(), MOST_KEPT);
    stdin.setStatusFlags(O_NONBLOCK);
    stdout.setStatusFlags(O_NONBLOCK);
    stderr.setStatusFlags(O_NONBLOCK);
    if (input.length == 0) {
      close(STDIN);
    }
  }

  /**
   * Serves the pipes until the process has ended and what it wrote is read. Descendants that keep
   * the pipes open are not waited for.
   *
   * @param deadline {@link System#nanoTime()} at which to give up
   * @return whether the process ended before the deadline
   * @throws ErrnoException EINTR when the thread was interrupted
   */
  boolean run(long deadline) {
    HostTask task = HostTask.current();
    int[] events = {PollEvents.POLLOUT, PollEvents.POLLIN, PollEvents.POLLIN, PollEvents.POLLIN};
    int[] revents = new int[files.length];
    while (true) {
      int ready = Poll.poll(task, files, events, revents, files.length, deadline);
      if (ready == 0) {
        return false;
      }
      serve(task, revents);
      if (revents[EXIT] != 0) {
        drain(task);
        return true;
      }
    }
  }

  /** Reads what is left without waiting. */
  void drain(HostTask task) {
    while (files[STDOUT] != null && read(task, STDOUT, stdout)) {}
    while (files[STDERR] != null && read(task, STDERR, stderr)) {}
  }

  /** Closes the host's ends. */
  void close() {
    for (int i = 0; i < files.length; i++) {
      close(i);
    }
  }

  byte[] stdout() {
    return stdout.toByteArray();
  }

  byte[] stderr() {
    return stderr.toByteArray();
  }

  boolean truncated() {
    return truncated;
  }

  private void serve(HostTask task, int[] revents) {
    if (revents[STDIN] != 0 && files[STDIN] != null) {
      write(task);
    }
    if (revents[STDOUT] != 0 && files[STDOUT] != null) {
      read(task, STDOUT, stdout);
    }
    if (revents[STDERR] != 0 && files[STDERR] != null) {
      read(task, STDERR, stderr);
    }
  }

  private void write(HostTask task) {
    FileDescription stdin = files[STDIN];
    if (stdin == null) {
      return;
    }
    try {
      int length = Math.min(CHUNK, input.length - written);
      written += stdin.write(task, input, written, length);
      if (written == input.length) {
        close(STDIN);
      }
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EAGAIN) {
        // The guest closed its standard input: it wants no more.
        close(STDIN);
      }
    }
  }

  /** Reads one portion; false when there is none now. */
  private boolean read(HostTask task, int which, ByteArrayOutputStream sink) {
    FileDescription file = files[which];
    if (file == null) {
      return false;
    }
    try {
      int count = file.read(task, chunk, 0, CHUNK);
      if (count == 0) {
        close(which);
        return false;
      }
      int kept = Math.min(count, limit - sink.size());
      sink.write(chunk, 0, kept);
      gauge.rose(sink.size());
      if (kept < count) {
        truncated = true;
        gauge.refused((long) sink.size() + count - kept);
      }
      return true;
    } catch (ErrnoException e) {
      if (e.errno() != Errno.EAGAIN) {
        close(which);
      }
      return false;
    }
  }

  private void close(int which) {
    FileDescription file = files[which];
    files[which] = null;
    if (file != null) {
      file.release();
    }
  }
}
