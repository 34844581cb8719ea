package io.vivarium.bench.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counting what this JVM holds. */
final class FootprintTest {
  private static final int MANY = 50;

  @TempDir Path folder;
  private Path cache;
  private Path temporary;

  @BeforeEach
  void folders() throws IOException {
    cache = Files.createDirectory(folder.resolve("cache"));
    temporary = Files.createDirectory(folder.resolve("temporary"));
  }

  private Footprint take() {
    return Footprint.take(new Footprint.Places(cache, temporary), 7);
  }

  @Test
  void open_files_are_counted_and_gone_when_they_are_closed() throws IOException {
    assumeThat(Path.of("/proc/self/fd")).isDirectory();
    Path file = Files.createFile(folder.resolve("file"));
    InputStream[] streams = new InputStream[MANY];
    long before = take().descriptors();
    for (int i = 0; i < MANY; i++) {
      streams[i] = Files.newInputStream(file);
    }
    // Others in this JVM open and close files too, but never so many.
    assertThat(take().descriptors()).isBetween(before + MANY / 2, before + 2 * MANY);
    for (InputStream stream : streams) {
      stream.close();
    }
    assertThat(take().descriptors()).isLessThan(before + MANY / 2);
  }

  @Test
  void threads_are_counted() throws InterruptedException {
    assumeThat(Path.of("/proc/self/task")).isDirectory();
    CountDownLatch end = new CountDownLatch(1);
    Thread[] threads = new Thread[MANY];
    long before = take().threads();
    for (int i = 0; i < MANY; i++) {
      threads[i] =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  end.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
    }
    assertThat(take().threads()).isBetween(before + MANY / 2, before + 2 * MANY);
    end.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
  }

  @Test
  void heap_that_is_in_use_is_counted_and_garbage_is_not() {
    long before = take().heap();
    byte[] used = new byte[32 << 20];
    long with = take().heap();
    assertThat(with - before).isGreaterThan(16L << 20);
    assertThat(used).hasSize(32 << 20);
    used = null;
    assertThat(take().heap()).isLessThan(with - (16L << 20));
  }

  @Test
  void bytes_of_the_cache_and_temporary_files_are_counted_at_any_depth() throws IOException {
    Footprint before = take();
    assertThat(before.cacheBytes()).isZero();
    assertThat(before.temporaryFiles()).isZero();
    Files.write(Files.createDirectory(cache.resolve("d")).resolve("code"), new byte[1000]);
    Files.write(cache.resolve("code"), new byte[24]);
    Files.createFile(Files.createDirectory(temporary.resolve("d")).resolve("file"));
    Footprint after = take();
    assertThat(after.cacheBytes()).isEqualTo(1024);
    assertThat(after.temporaryFiles()).isEqualTo(2);
    assertThat(after.guests()).isEqualTo(7);
  }

  @Test
  void a_row_has_a_figure_below_each_name() {
    String[] names = Footprint.header().strip().split("  +");
    assertThat(take().row().strip().split(" +")).hasSameSizeAs(names);
    assertThat(take().row()).hasSameSizeAs(Footprint.header());
  }
}
