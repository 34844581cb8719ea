package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.memory.Rescan;
import io.vivarium.kernel.fs.oracle.RandomLayer;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.limit.StorageUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that fill a file system together: never over a limit, and exact in the end. */
@Timeout(60)
class StorageRaceTest {
  private static final int THREADS = 4;
  private static final int STEPS = 6_000;
  private static final StorageLimits LIMITS = new StorageLimits(40_000, 8, 1 << 20);

  private final MemoryFileSystem memory = new MemoryFileSystem(LIMITS);
  private final OverlayFileSystem overlay =
      new OverlayFileSystem(
          LowerLayers.of(List.of(RandomLayer.of(20, true).root(), RandomLayer.of(31, true).root())),
          LIMITS);

  /** Runs tasks at once while somebody looks whether the limits hold. */
  private static void together(StorageLedger ledger, long inodes, List<Callable<Void>> tasks)
      throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size() + 1)) {
      Future<Void> watch =
          threads.submit(() -> {
            while (!done.get()) {
              StorageUse use = ledger.use();
              assertThat(use.bytes()).isLessThanOrEqualTo(LIMITS.bytes());
              assertThat(use.inodes()).isLessThanOrEqualTo(inodes);
              Thread.onSpinWait();
            }
            return null;
          });
      try {
        for (Future<Void> result : threads.invokeAll(tasks)) {
          result.get();
        }
      } finally {
        done.set(true);
      }
      watch.get();
    }
  }

  private static List<Callable<Void>> everybody(FileSystem files) {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      Random random = new Random(thread);
      tasks.add(() -> {
        for (int step = 0; step < STEPS; step++) {
          try {
            anything(files.root(), random);
          } catch (ErrnoException e) {
            // Names come and go under everybody's hands, and there is no room.
          }
        }
        return null;
      });
    }
    return tasks;
  }

  private static void anything(Inode root, Random random) {
    String name = String.valueOf((char) ('a' + random.nextInt(5)));
    int size = random.nextInt(12_000);
    switch (random.nextInt(9)) {
      case 0, 1 -> root.create(name, NewInode.regular(0644, 0, 0));
      case 2 -> root.lookup(name).append(new byte[size], 0, size);
      case 3 -> root.lookup(name).write(size, new byte[100], 0, 100);
      case 4 -> root.lookup(name).truncate(size);
      case 5 -> root.unlink(name, root.lookup(name));
      case 6 -> root.link(name + "2", root.lookup(name));
      case 7 -> {
        Inode held = root.lookup(name);
        held.opened();
        try {
          root.unlink(name, held);
          held.write(0, new byte[size], 0, size);
        } finally {
          held.closed();
        }
      }
      default -> root.rename(name, root.lookup(name), root, name + "2", find(root, name + "2"), 0);
    }
  }

  private static Inode find(Inode directory, String name) {
    return Upper.find(directory, name);
  }

  @Test
  void memory_is_exact_after_everybody_did_everything_at_once() throws Exception {
    together(memory.ledger(), LIMITS.inodes(), everybody(memory));
    Rescan.check(memory);
  }

  @Test
  void overlay_is_exact_after_everybody_did_everything_at_once() throws Exception {
    List<Callable<Void>> tasks = everybody(overlay);
    tasks.add(() -> {
      for (int i = 0; i < 300; i++) {
        OverlayRescan.check(overlay.snapshot().fork(), List.of());
      }
      return null;
    });
    together(overlay.ledger(), LIMITS.inodes() + Upper.OWN_INODES, tasks);
    OverlayRescan.check(overlay, List.of());
  }

  @RepeatedTest(20)
  void writers_that_race_to_the_last_byte_get_exactly_all_of_them() throws Exception {
    for (FileSystem files : List.of(memory, overlay)) {
      StorageLedger ledger = files == memory ? memory.ledger() : overlay.ledger();
      List<Inode> written = new ArrayList<>();
      List<Callable<Void>> tasks = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        Inode file = files.root().create("race-" + thread, NewInode.regular(0644, 0, 0));
        byte[] some = new byte[7 + 2 * thread];
        written.add(file);
        tasks.add(() -> {
          untilFull(file, some);
          return null;
        });
      }
      together(ledger, Long.MAX_VALUE, tasks);
      assertThat(ledger.bytes()).isEqualTo(LIMITS.bytes());
      assertThat(written.stream().mapToLong(Inode::size).sum()).isEqualTo(LIMITS.bytes());
    }
  }

  private static void untilFull(Inode file, byte[] some) {
    try {
      while (true) {
        file.append(some, 0, some.length);
      }
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(ENOSPC);
    }
  }
}
