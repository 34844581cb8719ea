package io.vivarium.wasm.engine;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log of this package. A class of its own, so that a logging system is only started when there
 * is something to say: that takes longer than to start a guest.
 */
final class EngineLog {
  private static final Logger LOG = LoggerFactory.getLogger(EngineLog.class.getPackageName());

  private EngineLog() {}

  /** Something went wrong that users of the engine do not get to know otherwise. */
  static void warn(String message, Object... arguments) {
    LOG.warn(message, arguments);
  }

  /** As {@link #warn}, with the reason; where it came from is only for those who debug. */
  static void failure(Throwable reason, String message, Object subject) {
    LOG.warn(message + ": {}", subject, reason.toString());
    LOG.debug(message, subject, reason);
  }

  /** Something that explains why a thing took longer. */
  static void debug(String message, Object... arguments) {
    LOG.debug(message, arguments);
  }
}
