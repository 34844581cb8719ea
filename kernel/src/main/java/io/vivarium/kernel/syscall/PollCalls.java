package io.vivarium.kernel.syscall;

import io.vivarium.kernel.file.FdTable;
import io.vivarium.kernel.file.Poll;
import io.vivarium.kernel.process.Process;
import org.jspecify.annotations.Nullable;

/** Waiting for several descriptors: poll(2). For the thread of the process only. */
public final class PollCalls {
  private final Process process;
  private final FdTable table;

  PollCalls(Process process) {
    this.process = process;
    this.table = process.descriptors();
  }

  /**
   * poll(2) over any kinds of descriptors.
   *
   * @param fds descriptors; negative ones are ignored
   * @param events what to wait for, for each: bits of {@link io.vivarium.kernel.file.PollEvents}
   * @param revents receives what holds; as long as {@code fds}
   * @param timeout nanoseconds; 0 only looks, negative waits without end
   * @return how many descriptors have events
   */
  public int poll(int[] fds, int[] events, int[] revents, long timeout) {
    return Poll.poll(process, table, fds, events, revents, fds.length, Deadlines.after(timeout));
  }

  /** ppoll(2): as {@link #poll} with another signal mask meanwhile; null keeps the mask. */
  public int ppoll(int[] fds, int[] events, int[] revents, long timeout, @Nullable Long mask) {
    return mask == null
        ? poll(fds, events, revents, timeout)
        : process.signals().withMask(mask, () -> poll(fds, events, revents, timeout));
  }
}
