package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/**
 * Whatever is done, in whatever order: after every step the ledger says what a full count says,
 * nothing is over its limit, and a step that failed changed no figure.
 */
class LedgerPropertyTest {
  private static final int STEPS = 500;
  private static final int TRIES = 420;
  private static final List<String> FILES = List.of("a", "b", "c", "a name that is longer");
  private static final List<String> DIRECTORIES = List.of("d", "e");
  private static final StorageLimits SMALL = new StorageLimits(30_000, 12, 60_000);
  private static final StorageLimits ROOMY = new StorageLimits(1 << 20, 100, 4 << 20);

  /** What a step does. */
  enum Kind {
    WRITE,
    APPEND,
    TRUNCATE,
    ALLOCATE,
    CREATE,
    MKDIR,
    SYMLINK,
    FIFO,
    UNNAMED,
    OPEN,
    CLOSE,
    LINK,
    UNLINK,
    RMDIR,
    RENAME,
    RENAME_DIRECTORY,
    SET_XATTR,
    REMOVE_XATTR,
    FORK
  }

  /** One step; the numbers choose among what there is. */
  record Step(Kind kind, int which, int first, int second) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> number = Arbitraries.integers().between(0, 20_000).withoutEdgeCases();
    return Combinators.combine(Arbitraries.of(Kind.class), number, number, number)
        .as(Step::new)
        .list()
        .ofSize(STEPS);
  }

  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE)
  void ledger_is_a_full_count_where_room_runs_out(@ForAll("steps") List<Step> steps) {
    run(steps, SMALL);
  }

  @Property(tries = TRIES / 2, edgeCases = EdgeCasesMode.NONE)
  void ledger_is_a_full_count_where_there_is_room(@ForAll("steps") List<Step> steps) {
    run(steps, ROOMY);
  }

  private static void run(List<Step> steps, StorageLimits limits) {
    List<Tree> trees = new ArrayList<>();
    trees.add(new Tree(new MemoryFileSystem(limits)));
    for (Step step : steps) {
      Tree tree = trees.get(step.which() % trees.size());
      if (step.kind() == Kind.FORK) {
        Tree fork = new Tree(tree.fileSystem.snapshot().fork());
        if (trees.size() < 3) {
          trees.add(fork);
        } else {
          trees.set(step.first() % trees.size(), fork);
        }
      } else {
        tree.take(step);
      }
      for (Tree each : trees) {
        each.check(limits);
      }
    }
    for (Tree tree : trees) {
      tree.closeAll();
      tree.check(limits);
    }
  }

  /** One file system and what is held open in it. */
  private static final class Tree {
    private final MemoryFileSystem fileSystem;
    private final List<Inode> open = new ArrayList<>();

    Tree(MemoryFileSystem fileSystem) {
      this.fileSystem = fileSystem;
    }

    void check(StorageLimits limits) {
      Rescan.check(fileSystem);
      StorageLedger ledger = fileSystem.ledger();
      assertThat(ledger.bytes()).isBetween(0L, limits.bytes());
      assertThat(ledger.inodes()).isBetween(1L, limits.inodes());
      assertThat(fileSystem.statFs().usedBytes()).isEqualTo(ledger.bytes());
    }

    void closeAll() {
      open.forEach(Inode::closed);
      open.clear();
    }

    /** Takes a step; one that fails changes no figure. */
    void take(Step step) {
      StorageLedger ledger = fileSystem.ledger();
      long bytes = ledger.bytes();
      long inodes = ledger.inodes();
      long resident = ledger.residentBytes();
      try {
        act(step);
      } catch (ErrnoException e) {
        assertThat(ledger.bytes()).as("bytes after %s", e).isEqualTo(bytes);
        assertThat(ledger.inodes()).as("inodes after %s", e).isEqualTo(inodes);
        assertThat(ledger.residentBytes()).as("resident after %s", e).isEqualTo(resident);
      }
    }

    private void act(Step step) {
      int first = step.first();
      int second = step.second();
      Inode directory = directory(step.which() / 3);
      String name = pick(FILES, first / 7);
      switch (step.kind()) {
        case WRITE -> file(step).write(first, new byte[second / 4], 0, second / 4);
        case APPEND -> file(step).append(new byte[second / 16], 0, second / 16);
        case TRUNCATE -> file(step).truncate(second);
        case ALLOCATE ->
            file(step).allocate(pick(List.of(AllocateMode.values()), first), at(first), at(second));
        case CREATE -> directory.create(name, NewInode.regular(0644, 0, 0));
        case MKDIR ->
            fileSystem.root().create(pick(DIRECTORIES, first), NewInode.directory(0755, 0, 0));
        case SYMLINK -> directory.create(name, NewInode.symlink("t".repeat(1 + second / 40), 0, 0));
        case FIFO -> directory.create(name, NewInode.node(FileType.FIFO, 0600, 0, 0, 0));
        case UNNAMED -> hold(directory.createUnnamed(NewInode.regular(0600, 0, 0)));
        case OPEN -> hold(file(step));
        case CLOSE -> {
          if (!open.isEmpty()) {
            open.remove(first % open.size()).closed();
          }
        }
        case LINK -> directory.link(name, file(step));
        case UNLINK -> directory.unlink(name, directory.lookup(name));
        case RMDIR -> {
          String gone = pick(DIRECTORIES, first);
          fileSystem.root().rmdir(gone, fileSystem.root().lookup(gone));
        }
        case RENAME -> {
          Inode target = directory(second);
          String to = pick(FILES, second / 3);
          directory.rename(name, directory.lookup(name), target, to, present(target, to), 0);
        }
        case RENAME_DIRECTORY -> {
          Inode root = fileSystem.root();
          String from = pick(DIRECTORIES, first);
          String to = pick(DIRECTORIES, first + 1);
          root.rename(from, root.lookup(from), root, to, present(root, to), 0);
        }
        case SET_XATTR -> file(step).setXattr("user." + first % 3, new byte[second / 8], 0);
        case REMOVE_XATTR -> file(step).removeXattr("user." + first % 3);
        case FORK -> throw new IllegalArgumentException("not a step of one tree");
      }
    }

    private void hold(Inode file) {
      file.opened();
      open.add(file);
    }

    /** Half of the numbers begin at blocks. */
    private static long at(int number) {
      return number % 2 == 0 ? number / 4096 * 4096L : number;
    }

    /** A file with a name, or one that is open, perhaps without a name. */
    private Inode file(Step step) {
      if (!open.isEmpty() && step.which() % 2 == 0) {
        return open.get(step.second() % open.size());
      }
      return directory(step.which() / 3).lookup(pick(FILES, step.first() / 7));
    }

    private Inode directory(int number) {
      int chosen = number % (DIRECTORIES.size() + 1);
      return chosen == 0
          ? fileSystem.root()
          : fileSystem.root().lookup(DIRECTORIES.get(chosen - 1));
    }

    private static @Nullable Inode present(Inode directory, String name) {
      try {
        return directory.lookup(name);
      } catch (ErrnoException e) {
        assertThat(e.errno()).isEqualTo(ENOENT);
        return null;
      }
    }

    private static <T> T pick(List<T> choices, int number) {
      return choices.get(number % choices.size());
    }
  }
}
