package io.vivarium.cli;

import io.vivarium.LimitEntry;
import io.vivarium.MachineEvent;
import io.vivarium.MachineEvent.LimitReached;
import io.vivarium.Vivarium;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;

/**
 * Remembers which limits a machine ran into, to tell the user of a command that failed why that may
 * be, and what to do about it. Thread-safe.
 */
final class LimitReport implements Consumer<MachineEvent> {
  private final Map<String, LimitReached> reached = new ConcurrentSkipListMap<>();

  @Override
  public void accept(MachineEvent event) {
    if (event instanceof LimitReached limit) {
      reached.putIfAbsent(limit.limit(), limit);
    }
  }

  /** Says it on standard error, a line for each limit; nothing after success. */
  void print(int status) {
    if (status != ExitStatus.OK) {
      reached.values().forEach(event -> StandardStreams.message(line(event)));
    }
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
