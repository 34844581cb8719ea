package io.vivarium.conformance.shell;

import java.util.Optional;

/**
 * One snippet, what it did on the host, and what it did in a machine.
 *
 * <p>Standard output and status must be the same; standard error only has to contain what the case
 * asks for. A case whose difference is known must differ: one that begins to agree has to lose its
 * reason, so the list of differences never says more than is true.
 */
record Comparison(ShellCase snippet, Outcome host, Outcome machine) {

  /** What is wrong, in words for a failed test, or nothing. */
  Optional<String> complaint() {
    if (host.status() == Outcome.TIMED_OUT) {
      return Optional.of("the snippet did not end on the host\n" + both());
    }
    if (lacksStderr(host)) {
      return Optional.of("the host does not say what the case asks for\n" + both());
    }
    boolean same = host.agreesWith(machine) && !lacksStderr(machine);
    if (snippet.known().isEmpty()) {
      return same ? Optional.empty() : Optional.of("the machine differs from the host\n" + both());
    }
    return same
        ? Optional.of("the machine agrees with the host: the case has to lose its known reason")
        : Optional.empty();
  }

  private boolean lacksStderr(Outcome outcome) {
    return snippet.stderr().filter(text -> !outcome.err().contains(text)).isPresent();
  }

  private String both() {
    return snippet.script() + "=== host: " + host + "\n=== machine: " + machine;
  }
}
