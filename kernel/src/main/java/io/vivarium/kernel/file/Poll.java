package io.vivarium.kernel.file;

import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.kernel.wait.Waiter;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** poll(2): waits until one of several descriptors is ready. */
public final class Poll {
  private static final WaitQueue[] NO_QUEUES = {};

  private Poll() {}

  /**
   * Waits until at least one descriptor has an event, the deadline passes or a signal comes. The
   * first {@code count} elements of the arrays say what to wait for and receive the answer. Nothing
   * is allocated when an answer is there at once.
   *
   * @param task who waits
   * @param table what the descriptors refer to
   * @param fds descriptors; negative ones are ignored
   * @param events for each the {@link PollEvents} of interest; ERR, HUP and NVAL always are
   * @param revents receives the events that hold; NVAL where the descriptor is not open
   * @param count how many
   * @param deadline {@link System#nanoTime()} at which to give up, one that has passed to just
   *     look, or {@link Waiter#NEVER}
   * @return how many descriptors have events; 0 when the deadline passed
   * @throws io.vivarium.kernel.errno.ErrnoException EINTR when a signal came first
   */
  public static int poll(
      Task task, FdTable table, int[] fds, int[] events, int[] revents, int count, long deadline) {
    int ready = 0;
    for (int i = 0; i < count; i++) {
      int fd = fds[i];
      int found = fd < 0 ? 0 : eventsOf(table.find(fd), events[i]);
      revents[i] = found;
      ready = ready + (found != 0 ? 1 : 0);
    }
    if (ready > 0 || (deadline != Waiter.NEVER && deadline - System.nanoTime() <= 0)) {
      return ready;
    }
    @Nullable FileDescription[] files = retain(table, fds, count);
    try {
      return poll(task, files, events, revents, count, deadline);
    } finally {
      for (FileDescription file : files) {
        if (file != null) {
          file.release();
        }
      }
    }
  }

  /**
   * As {@link #poll(Task, FdTable, int[], int[], int[], int, long)}, over descriptions that the
   * caller holds. Elements that are null are ignored.
   */
  public static int poll(
      Task task,
      @Nullable FileDescription[] files,
      int[] events,
      int[] revents,
      int count,
      long deadline) {
    int ready = look(files, events, revents, count);
    if (ready > 0 || (deadline != Waiter.NEVER && deadline - System.nanoTime() <= 0)) {
      return ready;
    }
    task.await(() -> look(files, events, revents, count) > 0, deadline, queues(files, count));
    return look(files, events, revents, count);
  }

  private static int look(
      @Nullable FileDescription[] files, int[] events, int[] revents, int count) {
    int ready = 0;
    for (int i = 0; i < count; i++) {
      FileDescription file = files[i];
      int found = file == null ? 0 : eventsOf(file, events[i]);
      revents[i] = found;
      ready = ready + (found != 0 ? 1 : 0);
    }
    return ready;
  }

  private static int eventsOf(@Nullable FileDescription file, int interest) {
    return file == null
        ? PollEvents.POLLNVAL
        : file.poll() & (interest | PollEvents.POLLERR | PollEvents.POLLHUP);
  }

  private static @Nullable FileDescription[] retain(FdTable table, int[] fds, int count) {
    @Nullable FileDescription[] files = new FileDescription[count];
    for (int i = 0; i < count; i++) {
      FileDescription file = fds[i] < 0 ? null : table.find(fds[i]);
      files[i] = file != null && file.tryRetain() ? file : null;
    }
    return files;
  }

  private static WaitQueue[] queues(@Nullable FileDescription[] files, int count) {
    if (count == 0) {
      return NO_QUEUES;
    }
    WaitQueue[] queues = new WaitQueue[count];
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      FileDescription file = files[i];
      WaitQueue queue = file == null ? null : file.pollQueue();
      if (queue != null) {
        queues[distinct] = queue;
        distinct = distinct + 1;
      }
    }
    return distinct == count ? queues : Arrays.copyOf(queues, distinct);
  }
}
