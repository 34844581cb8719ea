package io.vivarium.cli;

import io.vivarium.LimitEntry;
import io.vivarium.MachineEvent;
import io.vivarium.MachineEvent.EventsLost;
import io.vivarium.MachineEvent.LimitReached;
import io.vivarium.MachineEvent.PermissionDecided;
import io.vivarium.Vivarium;
import io.vivarium.VivariumEvent;
import io.vivarium.VivariumEvent.GuestMemoryReached;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Remembers which limits a machine ran into and what it was denied, to tell the user of a command
 * that failed why that may be, and what to do about it; or prints every decision as it is made.
 * Thread-safe.
 */
final class MachineReport implements Consumer<MachineEvent> {
  /** Most denials that are told of a command that failed; more are counted. */
  private static final int MOST_DENIALS = 5;

  private final boolean explain;

  // Guarded by this.
  private final Map<String, LimitReached> reached = new LinkedHashMap<>();
  private final Map<String, PermissionDecided> denied = new LinkedHashMap<>();
  private int further;
  private @Nullable GuestMemoryReached guestMemory;

  /** A report; {@code explain} prints decisions at once. */
  MachineReport(boolean explain) {
    this.explain = explain;
  }

  @Override
  public synchronized void accept(MachineEvent event) {
    switch (event) {
      case LimitReached limit -> reached.putIfAbsent(limit.limit(), limit);
      case PermissionDecided decision -> decided(decision);
      case EventsLost lost when explain ->
          StandardStreams.message("there were " + lost.count() + " more decisions");
      default -> {}
    }
  }

  /** Hears what happens to what machines share. */
  synchronized void shared(VivariumEvent event) {
    if (event instanceof GuestMemoryReached reached && guestMemory == null) {
      guestMemory = reached;
    }
  }

  private void decided(PermissionDecided decision) {
    if (explain) {
      StandardStreams.message(line(decision));
    } else if (!decision.allowed()) {
      if (denied.size() < MOST_DENIALS) {
        denied.putIfAbsent(
            decision.domain() + " " + decision.operation() + " " + decision.object(), decision);
      } else {
        further++;
      }
    }
  }

  /** Says it on standard error, a line for each; nothing after success. */
  synchronized void print(int status) {
    if (status == ExitStatus.OK) {
      return;
    }
    denied.values().forEach(decision -> StandardStreams.message(line(decision)));
    if (further > 0) {
      StandardStreams.message(further + " more were denied; --explain shows them");
    }
    reached.values().forEach(event -> StandardStreams.message(line(event)));
    if (guestMemory != null) {
      StandardStreams.message(
          "the guests reached the memory that they may have, %s; --guest-memory sets another"
              .formatted(ByteSize.format(guestMemory.capacity())));
    }
  }

  private static String line(PermissionDecided decision) {
    return "process %d: %s %s %s: %s (%s)"
        .formatted(
            decision.pid(),
            decision.domain().key(),
            decision.operation(),
            Printable.of(decision.object()),
            decision.allowed() ? "allowed" : "denied",
            decision.reason());
  }

  private static String line(LimitReached event) {
    LimitEntry limit =
        Vivarium.limits().stream()
            .filter(entry -> entry.key().equals(event.limit()))
            .findFirst()
            .orElseThrow();
    String who = event.pid() == 0 ? "the machine" : "process " + event.pid();
    return "%s reached the limit %s, %s; --limit %s=... sets another"
        .formatted(who, limit.key(), LimitValue.format(limit, event.capacity()), limit.key());
  }
}
