package io.vivarium.kernel.proc;

/**
 * The load average of a machine: how many processes ran, averaged over 1, 5 and 15 minutes with
 * exponential weights. Nobody samples it in the background; between two looks the number is taken
 * to have been what the later one finds. Thread-safe.
 */
final class LoadAverage {
  private static final double[] WINDOWS = {60, 300, 900};

  private final double[] averages = new double[WINDOWS.length];
  private long lastLook;

  LoadAverage(long start) {
    this.lastLook = start;
  }

  /** Looks at a time in nanoseconds when so many are running; the three averages as text. */
  synchronized String look(long now, int running) {
    double seconds = Math.max(0, now - lastLook) / 1e9;
    lastLook = now;
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < WINDOWS.length; i++) {
      double keep = Math.exp(-seconds / WINDOWS[i]);
      averages[i] = averages[i] * keep + running * (1 - keep);
      long hundredths = Math.round(averages[i] * 100);
      text.append(i == 0 ? "" : " ")
          .append("%d.%02d".formatted(hundredths / 100, hundredths % 100));
    }
    return text.toString();
  }
}
