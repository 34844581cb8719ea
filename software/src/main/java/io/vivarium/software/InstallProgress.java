package io.vivarium.software;

/** Hears how an installation goes on. Called by the installing threads, one at a time. */
@FunctionalInterface
public interface InstallProgress {
  /** Hears nothing. */
  InstallProgress SILENT = (step, done, total) -> {};

  /**
   * Some progress.
   *
   * @param step what is being done, for people
   * @param done units done
   * @param total units in all; 0 when unknown
   */
  void at(String step, int done, int total);
}
