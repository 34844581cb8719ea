package io.vivarium.node.host;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.wait.WaitQueue;
import io.vivarium.node.channel.Slot;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a guest wants to hear of while it sits in its event loop: descriptors that become ready, and
 * signals. Whoever makes something happen rings the guest's bell, which is all that other threads
 * do here; what has happened is found out when the guest asks.
 */
final class Events implements AutoCloseable {
  private static final int DESCRIPTOR = 0;
  private static final int SIGNAL = 2;
  private static final int NUMBERS = 3;
  private static final int MOST = Slot.NUMBERS / NUMBERS;

  private final Process process;
  private final Runnable bell;
  private final Map<Integer, Interest> interests = new LinkedHashMap<>();
  private final Queue<Integer> signals = new ArrayDeque<>();

  /** A descriptor that is watched; its description is in use meanwhile. */
  private record Interest(
      FileDescription description, int events, WaitQueue.@Nullable Watch watch) {
    void end() {
      if (watch != null) {
        watch.close();
      }
      description.release();
    }

    int ready() {
      return description.poll() & (events | PollEvents.POLLERR | PollEvents.POLLHUP);
    }
  }

  /**
   * The events of a process.
   *
   * @param bell rung by any thread when something may have happened
   */
  Events(Process process, Runnable bell) {
    this.process = process;
    this.bell = bell;
  }

  long watch(Request request) {
    int fd = request.integer(0);
    int events = request.integer(1);
    Interest before = interests.remove(fd);
    if (before != null) {
      before.end();
    }
    if (events == 0) {
      return 0;
    }
    FileDescription description = process.descriptors().find(fd);
    if (description == null || !description.tryRetain()) {
      throw Errno.EBADF.exception();
    }
    WaitQueue queue = description.pollQueue();
    Interest interest = new Interest(description, events, queue == null ? null : queue.watch(bell));
    interests.put(fd, interest);
    if (interest.ready() != 0) {
      bell.run();
    }
    return 0;
  }

  long signal(Request request) {
    SignalAction action =
        switch (request.integer(1)) {
          case 0 -> SignalAction.DEFAULT;
          case 1 -> SignalAction.handler(0, SignalAction.SA_RESTART);
          case 2 -> SignalAction.IGNORE;
          default -> throw Errno.EINVAL.exception();
        };
    process.signals().setAction(request.integer(0), action);
    return 0;
  }

  /** A signal with a handler has come. */
  void caught(int signal) {
    if (signals.size() < Signal.SIGRTMAX) {
      signals.add(signal);
    }
    bell.run();
  }

  /** Each interest is told once; what does not fit is told the next time. */
  long next(Request request) {
    int count = 0;
    while (count < MOST && !signals.isEmpty()) {
      answer(request, count, SIGNAL, signals.remove(), 0);
      count++;
    }
    Iterator<Map.Entry<Integer, Interest>> left = interests.entrySet().iterator();
    while (count < MOST && left.hasNext()) {
      Map.Entry<Integer, Interest> entry = left.next();
      int ready = entry.getValue().ready();
      if (ready != 0) {
        left.remove();
        entry.getValue().end();
        answer(request, count, DESCRIPTOR, entry.getKey(), ready);
        count++;
      }
    }
    return count;
  }

  private static void answer(Request request, int at, int kind, int subject, int detail) {
    request.answerNumber(at * NUMBERS, kind);
    request.answerNumber(at * NUMBERS + 1, subject);
    request.answerNumber(at * NUMBERS + 2, detail);
  }

  @Override
  public void close() {
    interests.values().forEach(Interest::end);
    interests.clear();
  }
}
