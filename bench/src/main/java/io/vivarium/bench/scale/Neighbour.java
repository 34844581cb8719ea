package io.vivarium.bench.scale;

import io.vivarium.Command;
import java.util.List;

/**
 * What a machine can do to those beside it. Immutable.
 *
 * @param label what reports call it
 * @param command never ends by itself
 */
record Neighbour(String label, Command command) {
  private static final String LOOP = "awk 'BEGIN { while (1) i++ }'";

  /** From the one that computes to the one that forks. */
  static List<Neighbour> all() {
    return List.of(
        new Neighbour("counts, one process", Command.module(SpinModule.file(SpinModule.ENDLESS))),
        // More than a small host has processors.
        new Neighbour("counts, three processes", Command.shell(LOOP + " & " + LOOP + " & " + LOOP)),
        // Until the quota of its machine says no, then again.
        script(
            "fills its disk",
            "while true; do dd if=/dev/zero of=/tmp/full bs=65536 2> /dev/null;"
                + " rm -f /tmp/full; done"),
        script("floods a pipe", "yes | cat > /dev/null"),
        script("forks, one after the other", "while true; do /usr/bin/true; done"),
        // As many at a time as its machine allows.
        script("forks without waiting", "while true; do /usr/bin/true & done > /dev/null 2>&1"));
  }

  private static Neighbour script(String label, String script) {
    return new Neighbour(label, Command.shell(script));
  }
}
