package io.vivarium.cli;

import java.util.function.Consumer;

/** Progress as lines: one for each step, and one for each tenth of steps that are counted. */
final class ProgressInLines implements ProgressReport {
  private static final int PARTS = 10;

  private final Consumer<String> lines;
  private String last = "";
  private int part;

  ProgressInLines(Consumer<String> lines) {
    this.lines = lines;
  }

  @Override
  public void at(String step, int done, int total) {
    int reached = total == 0 ? 0 : (int) ((long) done * PARTS / total);
    // Counted steps have names of their own, too many to tell all.
    String key = total == 0 ? step : "of " + total;
    if (!key.equals(last) || reached > part) {
      last = key;
      part = reached;
      lines.accept(total == 0 ? step : step + ": " + done + " of " + total);
    }
  }

  @Override
  public void close() {}
}
