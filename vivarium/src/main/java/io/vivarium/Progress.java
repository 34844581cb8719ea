package io.vivarium;

/**
 * Hears how a long step, such as installing software, goes on. Called from one thread at a time.
 */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress SILENT = (step, done, total) -> {};

  /**
   * Some progress.
   *
   * @param step what is being done, for people
   * @param done units done
   * @param total units in all; 0 when unknown
   */
  void at(String step, int done, int total);
}
