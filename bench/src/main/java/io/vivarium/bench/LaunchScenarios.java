package io.vivarium.bench;

import io.vivarium.bench.scale.Launches;
import java.nio.file.Path;
import java.util.List;

/**
 * What begins with a new JVM: the command line, and an application that makes its first machine.
 */
final class LaunchScenarios {
  private final Launches launches;

  /** Launches {@code viv} of a checkout. */
  LaunchScenarios(Path checkout) {
    this.launches = new Launches(checkout);
  }

  List<Scenario> all() {
    return List.of(
        new Scenario(
            "`./viv exec -- true`, no start-up cache yet",
            1,
            10,
            1000.0,
            null,
            launches::vivWithoutCache),
        new Scenario("`./viv exec -- true`", 3, 10, 1000.0, null, launches::viv),
        new Scenario("`Vivarium.create()` in a new JVM", 1, 10, null, null, Launches::create),
        new Scenario(
            "`Vivarium.create()`, machine, `true` in a new JVM",
            1,
            10,
            null,
            null,
            Launches::firstCommand));
  }
}
