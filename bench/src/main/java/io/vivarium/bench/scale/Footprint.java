package io.vivarium.bench.scale;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What this JVM holds of its host, after collecting garbage. Figures that the host does not tell
 * are 0.
 *
 * @param heap bytes of the heap in use
 * @param buffers bytes of buffers outside the heap
 * @param classes bytes outside the heap for what classes consist of
 * @param code bytes of code that the JVM has compiled and of tables for it
 * @param resident bytes of memory of the process as the host counts them, less the size of the
 *     heap; means something where the heap has one size and was touched when the JVM started
 * @param guests bytes that guests hold, in the JVM's own books
 * @param threads threads of the process, the JVM's own included
 * @param descriptors open descriptors of the process
 * @param cacheBytes bytes of the files in the folder of compiled code
 * @param temporaryFiles files and folders in the folder for temporary files
 */
record Footprint(
    long heap,
    long buffers,
    long classes,
    long code,
    long resident,
    long guests,
    long threads,
    long descriptors,
    long cacheBytes,
    long temporaryFiles) {
  private static final int COLLECTIONS = 3;
  private static final Path SELF = Path.of("/proc/self");

  /** Where files are counted. */
  record Places(Path cache, Path temporary) {}

  /** Measures. */
  static Footprint take(Places places, long guests) {
    collect();
    Runtime runtime = Runtime.getRuntime();
    long classes = 0;
    long code = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      if (pool.getName().contains("CodeHeap") || pool.getName().equals("CodeCache")) {
        code += pool.getUsage().getUsed();
      } else if (pool.getName().equals("Metaspace")) { // the class space is part of it
        classes += pool.getUsage().getUsed();
      }
    }
    return new Footprint(
        runtime.totalMemory() - runtime.freeMemory(),
        buffersInUse(),
        classes,
        code,
        Math.max(0, inMemory() - runtime.totalMemory()),
        guests,
        entries(SELF.resolve("task")),
        entries(SELF.resolve("fd")),
        size(places.cache()).bytes,
        size(places.temporary()).files);
  }

  private static long buffersInUse() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }

  /** More than once: what one collection finds dead may have kept other things alive. */
  private static void collect() {
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
  }

  private static long inMemory() {
    try (Stream<String> lines = Files.lines(SELF.resolve("status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .map(line -> line.replaceAll("\\D", ""))
          .mapToLong(kib -> Long.parseLong(kib) << 10)
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      return 0;
    }
  }

  /** How many entries a directory has; 0 when there is no such directory. */
  static long entries(Path directory) {
    if (!Files.isDirectory(directory)) {
      return 0;
    }
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Size extends SimpleFileVisitor<Path> {
    private long bytes;
    private long files = -1; // the folder itself does not count

    @Override
    public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
      files++;
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      files++;
      bytes += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) {
      return FileVisitResult.CONTINUE; // it has just gone
    }
  }

  private static Size size(Path folder) {
    Size size = new Size();
    try {
      Files.walkFileTree(folder, size);
      return size;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The names of the figures, above a table of {@link #row}s. */
  static String header() {
    return "  heap KiB  buffers KiB  classes KiB  code KiB  resident KiB  guests KiB  threads  descriptors"
        + "  cache KiB  temporary";
  }

  /** The figures. */
  String row() {
    return String.format(
        Locale.ROOT,
        "%,10d %,12d %,12d %,9d %,13d %,11d %8d %12d %,10d %10d",
        heap >> 10,
        buffers >> 10,
        classes >> 10,
        code >> 10,
        resident >> 10,
        guests >> 10,
        threads,
        descriptors,
        cacheBytes >> 10,
        temporaryFiles);
  }
}
