package io.vivarium.conformance.density;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What this JVM holds of its host.
 *
 * @param heap bytes of the heap that are in use after garbage collection
 * @param outside bytes of buffers outside the heap
 * @param classes classes that are loaded
 * @param threads live threads
 * @param files open file descriptors
 */
record Footprint(long heap, long outside, long classes, int threads, long files) {
  private static final int COLLECTIONS = 3;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  /** Measures, after collecting garbage. */
  static Footprint now() throws IOException {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    long outside =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      return new Footprint(
          runtime.totalMemory() - runtime.freeMemory(),
          outside,
          ManagementFactory.getClassLoadingMXBean().getLoadedClassCount(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          descriptors.count());
    }
  }

  @Override
  public String toString() {
    return String.format(
        "heap %,d KiB, outside the heap %,d KiB, %,d classes, %d threads, %d open files",
        heap >> 10, outside >> 10, classes, threads, files);
  }
}
