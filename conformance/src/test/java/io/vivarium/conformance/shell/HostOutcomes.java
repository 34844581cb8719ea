package io.vivarium.conformance.shell;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What every snippet does on the host, found out once per test run and remembered. */
final class HostOutcomes {

  /** The host as every test of this module sees it. */
  static final HostBash HOST = open();

  private static final Map<String, Outcome> OUTCOMES = new ConcurrentHashMap<>();

  private HostOutcomes() {}

  static Outcome of(ShellCase snippet) {
    return OUTCOMES.computeIfAbsent(snippet.toString(), name -> again(snippet));
  }

  /** Runs the snippet now, whatever is remembered. */
  static Outcome again(ShellCase snippet) {
    return HOST.run(snippet.user(), snippet.script());
  }

  private static HostBash open() {
    HostBash host = new HostBash(CommandTable.names());
    Runtime.getRuntime().addShutdownHook(new Thread(host::close));
    return host;
  }
}
