package io.vivarium.kernel.fs.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MemoryConcurrencyTest {
  private static final int THREADS = 4;

  private final MemoryFileSystem fileSystem = new MemoryFileSystem(StorageLimits.of(1 << 20, 200));

  private static void together(List<Callable<Void>> tasks) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(tasks.size())) {
      for (Future<Void> result : threads.invokeAll(tasks)) {
        result.get();
      }
    }
  }

  @Test
  void invariants_hold_after_everybody_did_everything_at_once() throws Exception {
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Random random = new Random(i);
      tasks.add(() -> {
        for (int step = 0; step < 8000; step++) {
          try {
            anything(random);
          } catch (ErrnoException e) {
            // Names come and go under everybody's hands.
          }
        }
        return null;
      });
    }
    tasks.add(() -> {
      for (int i = 0; i < 200; i++) {
        Rescan.check(fileSystem.snapshot().fork());
      }
      return null;
    });
    together(tasks);
    Rescan.check(fileSystem);
  }

  private void anything(Random random) {
    Inode directory = directory(random);
    String name = name(random);
    Inode file = find(directory, name);
    switch (random.nextInt(12)) {
      case 0 -> directory.create(name, NewInode.regular(0644, 0, 0));
      case 1 -> directory.create(name, NewInode.directory(0755, 0, 0));
      case 2, 3 -> remove(directory, name);
      case 4, 5 -> {
        if (file != null) {
          Inode to = directory(random);
          String newName = name(random);
          int flags = random.nextInt(3);
          directory.rename(name, file, to, newName, find(to, newName), flags);
        }
      }
      case 6 -> {
        if (file != null) {
          directory(random).link(name(random), file);
        }
      }
      case 7, 8 -> {
        if (file != null) {
          use(file, random);
        }
      }
      case 9 -> {
        Inode unnamed = directory.createUnnamed(NewInode.regular(0600, 0, 0));
        use(unnamed, random);
      }
      case 10 -> directory.readDirectory(0, (n, ino, type, cookie) -> true);
      default -> directory.setAttributes(AttributeChange.mode(random.nextInt(010000)));
    }
  }

  private static void use(Inode file, Random random) {
    file.opened();
    try {
      assertThat(file.stat().inode()).isEqualTo(file.ino());
      if (file.type() == FileType.REGULAR) {
        byte[] bytes = new byte[random.nextInt(6000)];
        file.write(random.nextInt(20_000), bytes, 0, bytes.length);
        file.read(0, bytes, 0, bytes.length);
        file.truncate(random.nextInt(10_000));
      }
    } finally {
      file.closed();
    }
  }

  private static void remove(Inode directory, String name) {
    Inode file = directory.lookup(name);
    if (file.type() == FileType.DIRECTORY) {
      directory.rmdir(name, file);
    } else {
      directory.unlink(name, file);
    }
  }

  private Inode directory(Random random) {
    Inode directory = fileSystem.root();
    for (int depth = random.nextInt(3); depth > 0; depth--) {
      Inode below = find(directory, name(random));
      if (below == null || below.type() != FileType.DIRECTORY) {
        return directory;
      }
      directory = below;
    }
    return directory;
  }

  private static @Nullable Inode find(Inode directory, String name) {
    try {
      return directory.lookup(name);
    } catch (ErrnoException e) {
      return null;
    }
  }

  private static String name(Random random) {
    return "n" + random.nextInt(6);
  }

  @Test
  void appends_of_many_do_not_overlap() throws Exception {
    Inode file = fileSystem.root().create("log", NewInode.regular(0644, 0, 0));
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      byte[] line = new byte[37];
      java.util.Arrays.fill(line, (byte) ('a' + i));
      tasks.add(() -> {
        for (int n = 0; n < 1000; n++) {
          file.append(line, 0, line.length);
        }
        return null;
      });
    }
    together(tasks);
    byte[] all = new byte[THREADS * 37_000];
    assertThat(file.read(0, all, 0, all.length)).isEqualTo(all.length);
    for (int at = 0; at < all.length; at += 37) {
      for (int i = 1; i < 37; i++) {
        assertThat(all[at + i]).isEqualTo(all[at]);
      }
    }
  }

  @Test
  void everybody_finds_the_same_handle() throws Exception {
    for (int i = 0; i < 50; i++) {
      fileSystem.root().create("f" + i, NewInode.regular(0644, 0, 0));
    }
    MemoryFileSystem fork = fileSystem.snapshot().fork();
    List<List<Inode>> found = new ArrayList<>();
    List<Callable<Void>> tasks = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      List<Inode> mine = new ArrayList<>();
      found.add(mine);
      tasks.add(() -> {
        for (int i = 0; i < 50; i++) {
          mine.add(fork.root().lookup("f" + i));
        }
        return null;
      });
    }
    together(tasks);
    for (List<Inode> mine : found) {
      for (int i = 0; i < 50; i++) {
        assertThat(mine.get(i)).isSameAs(found.get(0).get(i));
      }
    }
  }
}
