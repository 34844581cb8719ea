package io.vivarium;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings events to a listener, one after the other, on a thread of their own: a slow listener holds
 * nobody up, and a bounded number of events wait for it. Thread-safe.
 */
final class EventQueue<E> {
  private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);

  /** Most events that wait; more are dropped, and their number is told. */
  private static final int MOST_WAITING = 1024;

  private final String source;
  private final Consumer<? super E> listener;
  private final LongFunction<E> lostEvents;

  // Guarded by this.
  private final Deque<E> waiting = new ArrayDeque<>();
  private long lost;
  private boolean running;
  private boolean complained;

  /**
   * A queue.
   *
   * @param source where the events come from
   * @param lostEvents the event that tells that so many were dropped
   */
  EventQueue(String source, Consumer<? super E> listener, LongFunction<E> lostEvents) {
    this.source = source;
    this.listener = listener;
    this.lostEvents = lostEvents;
  }

  /** Brings an event, soon. */
  void add(E event) {
    synchronized (this) {
      if (waiting.size() >= MOST_WAITING) {
        lost++;
        return;
      }
      waiting.add(event);
      if (running) {
        return;
      }
      running = true;
    }
    Thread.ofVirtual().name("vivarium-events-" + source).start(this::deliver);
  }

  /**
   * Waits until the listener has heard everything.
   *
   * @param most how long, at most
   */
  synchronized void await(Duration most) {
    long deadline = System.nanoTime() + most.toNanos();
    boolean interrupted = false;
    while (running && System.nanoTime() < deadline) {
      try {
        wait(Math.max(1, (deadline - System.nanoTime()) / 1_000_000));
      } catch (InterruptedException e) {
        interrupted = true;
        break;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void deliver() {
    while (true) {
      E next = next();
      if (next == null) {
        return;
      }
      try {
        listener.accept(next);
      } catch (RuntimeException e) {
        complain(e);
      }
    }
  }

  private synchronized @Nullable E next() {
    E next = waiting.poll();
    if (next == null && lost > 0) {
      next = lostEvents.apply(lost);
      lost = 0;
    }
    running = next != null;
    if (!running) {
      notifyAll();
    }
    return next;
  }

  private synchronized void complain(RuntimeException failure) {
    if (!complained) {
      complained = true;
      LOG.warn(
          "The listener for events of {} failed; further failures are not logged", source, failure);
    }
  }
}
