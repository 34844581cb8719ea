package io.vivarium;

import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.event.KernelEvent;
import io.vivarium.kernel.limit.LimitEvent;
import io.vivarium.kernel.permission.PermissionDecision;
import java.time.Duration;
import java.util.function.Consumer;

/** Brings the events of a machine to its owner. Thread-safe. */
final class EventDelivery implements EventSink {
  private final String machine;
  private final EventQueue<MachineEvent> queue;

  EventDelivery(String machine, Consumer<MachineEvent> owner) {
    this.machine = machine;
    this.queue =
        new EventQueue<>(machine, owner, lost -> new MachineEvent.EventsLost(machine, lost));
  }

  @Override
  public void accept(KernelEvent event) {
    queue.add(translate(event));
  }

  /**
   * Waits until the owner has heard everything.
   *
   * @param most how long, at most
   */
  void await(Duration most) {
    queue.await(most);
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
}
