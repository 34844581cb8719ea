package io.vivarium;

import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.event.KernelEvent;
import io.vivarium.kernel.limit.LimitEvent;
import io.vivarium.kernel.permission.PermissionDecision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the events of a machine to its owner, one after the other, on a thread of their own: a
 * slow owner holds no guest up, and guests cannot make more than a bounded number of events wait.
 */
final class EventDelivery implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(EventDelivery.class);

  /** Most events that wait; more are dropped, and their number is told. */
  private static final int MOST_WAITING = 1024;

  private final String machine;
  private final Consumer<MachineEvent> owner;

  // Guarded by this.
  private final Deque<MachineEvent> waiting = new ArrayDeque<>();
  private long lost;
  private boolean running;
  private boolean complained;

  EventDelivery(String machine, Consumer<MachineEvent> owner) {
    this.machine = machine;
    this.owner = owner;
  }

  @Override
  public void accept(KernelEvent event) {
    MachineEvent told = translate(event);
    synchronized (this) {
      if (waiting.size() >= MOST_WAITING) {
        lost++;
        return;
      }
      waiting.add(told);
      if (running) {
        return;
      }
      running = true;
    }
    Thread.ofVirtual().name("vivarium-events-" + machine).start(this::deliver);
  }

  /**
   * Waits until the owner has heard everything.
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

  private MachineEvent translate(KernelEvent event) {
    return switch (event) {
      case LimitEvent(var limit, int pid, long used, long capacity, boolean reached) ->
          reached
              ? new MachineEvent.LimitReached(machine, limit.key(), pid, used, capacity)
              : new MachineEvent.LimitNear(machine, limit.key(), pid, used, capacity);
      case PermissionDecision decision ->
          new MachineEvent.PermissionDecided(
              machine,
              decision.pid(),
              Permissions.Domain.valueOf(decision.domain().name()),
              decision.operation(),
              decision.object(),
              decision.allowed(),
              decision.reason());
      default -> throw new IllegalArgumentException("unknown event " + event);
    };
  }

  private void deliver() {
    while (true) {
      MachineEvent next = next();
      if (next == null) {
        return;
      }
      try {
        owner.accept(next);
      } catch (RuntimeException e) {
        complain(e);
      }
    }
  }

  private synchronized @Nullable MachineEvent next() {
    MachineEvent next = waiting.poll();
    if (next == null && lost > 0) {
      next = new MachineEvent.EventsLost(machine, lost);
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
          "The listener for events of {} failed; further failures are not logged",
          machine,
          failure);
    }
  }
}
