package io.vivarium.kernel.permission;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gate remembers of directories never outlives their moves. */
@Timeout(120)
class DirectoryCacheTest {
  private static final Credentials ROOT = Credentials.root();
  private static final List<String> NAMES = List.of("a", "b", "c");
  private static final List<FileOperation> OPERATIONS =
      List.of(FileOperation.STAT, FileOperation.READ, FileOperation.WRITE);

  private final MountTable mounts = new MountTable(memory(), false);
  private final VirtualFileSystem vfs = new VirtualFileSystem(mounts);

  private static MemoryFileSystem memory() {
    return new MemoryFileSystem(StorageLimits.unlimited());
  }

  private PermissionGate gate(List<PermissionRule> rules, boolean explain) {
    DomainPolicy files = new DomainPolicy(PermissionMode.ALLOW, rules);
    PermissionOptions options =
        new PermissionOptions(
            new PermissionPolicy(Map.of(Domain.FS, files)),
            null,
            PermissionOptions.DEADLINE,
            explain);
    return new PermissionGate(
        options, mounts.renames(), EventSink.DISCARD, HostTask::current, () -> 0);
  }

  private static boolean allows(
      PermissionGate gate, FileOperation operation, Location directory, String name) {
    try {
      if (name.isEmpty()) {
        gate.check(operation, directory);
      } else {
        gate.check(operation, directory, name);
      }
      return true;
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(Errno.EACCES);
      return false;
    }
  }

  /** Makes a directory that stays open, whatever becomes of its name. */
  private Location mkdir(String path) {
    Location made = vfs.create(ROOT, mounts.root(), path, NewInode.directory(0755, 0, 0));
    made.inode().opened();
    return made;
  }

  private void rename(String from, String to) {
    vfs.rename(ROOT, mounts.root(), from, mounts.root(), to, 0);
  }

  // ---- whatever happens -------------------------------------------------------------------------

  /** A tree whose directories are made, moved, swapped, removed and covered at random. */
  private final class Storm {
    private final Random random;
    private final List<Location> directories = new ArrayList<>(List.of(mounts.root()));
    private final List<Mount> mounted = new ArrayList<>();
    private final PermissionGate remembering;
    private final PermissionGate forgetful;

    Storm(long seed) {
      this.random = new Random(seed);
      List<PermissionRule> rules = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        PermissionMode mode = i % 2 == 0 ? PermissionMode.DENY : PermissionMode.ALLOW;
        List<String> operations =
            random.nextBoolean() ? List.of("*") : List.of(random.nextBoolean() ? "stat" : "read");
        rules.add(new PermissionRule(mode, operations, List.of(pattern())));
      }
      this.remembering = gate(rules, false);
      // Tells of every decision, for which it takes the long way each time.
      this.forgetful = gate(rules, true);
    }

    private String pattern() {
      String pattern = path();
      return switch (random.nextInt(4)) {
        case 0 -> pattern;
        case 1 -> "/**" + pattern;
        case 2 -> pattern + "/*";
        default -> pattern + "/**";
      };
    }

    private String name() {
      return NAMES.get(random.nextInt(NAMES.size()));
    }

    private String path() {
      StringBuilder path = new StringBuilder("/" + name());
      while (path.length() < 8 && random.nextInt(3) > 0) {
        path.append('/').append(name());
      }
      return path.toString();
    }

    private void step() {
      try {
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> directories.add(mkdir(path()));
          case 3, 4 -> rename(path(), path());
          case 5 -> vfs.rename(ROOT, mounts.root(), path(), mounts.root(), path(), 2);
          case 6 -> vfs.rmdir(ROOT, mounts.root(), path());
          default -> mountOrUnmount();
        }
      } catch (ErrnoException e) {
        // What cannot be done is left.
        assertThat(e.errno()).isNotNull();
      }
    }

    private void mountOrUnmount() {
      if (mounted.isEmpty() || random.nextBoolean()) {
        Location place = vfs.resolve(ROOT, mounts.root(), path(), true);
        Mount mount = mounts.mount(place, memory(), false);
        mounted.add(mount);
        directories.add(new Location(mount, mount.root()));
      } else {
        mounts.unmount(mounted.remove(random.nextInt(mounted.size())));
      }
    }

    private int check() {
      int denied = 0;
      for (Location directory : directories) {
        for (FileOperation operation : OPERATIONS) {
          for (String name : List.of("", "a", "b", "c", "d")) {
            boolean expected = allows(forgetful, operation, directory, name);
            assertThat(allows(remembering, operation, directory, name))
                .as("%s of %s in %s", operation, name, directory.path())
                .isEqualTo(expected);
            denied += expected ? 0 : 1;
          }
        }
      }
      return denied;
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void decisions_are_those_of_a_gate_that_remembers_nothing(long seed) {
    Storm storm = new Storm(seed);
    int denied = 0;
    for (int i = 0; i < 150; i++) {
      storm.step();
      denied += storm.check();
    }
    assertThat(storm.directories).hasSizeGreaterThan(3);
    assertThat(denied).as("seed %d", seed).isPositive();
  }

  // ---- while it happens -------------------------------------------------------------------------

  @Test
  void directory_that_has_moved_to_where_less_is_allowed_is_never_taken_for_where_it_was()
      throws InterruptedException {
    mkdir("/open");
    mkdir("/closed");
    Location inner = mkdir("/open/d");
    PermissionRule closed =
        new PermissionRule(PermissionMode.DENY, List.of("*"), List.of("/closed/**"));
    PermissionGate gate = gate(List.of(closed), false);
    // Odd while the directory is closed for certain.
    AtomicInteger moves = new AtomicInteger();
    AtomicInteger looks = new AtomicInteger();
    Thread mover =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
              int round = 0;
              do {
                rename("/open/d", "/closed/d");
                moves.incrementAndGet();
                // Mostly as fast as can be; now and then until somebody has looked.
                awaitLook(looks, round % 64 == 0);
                moves.incrementAndGet();
                rename("/closed/d", "/open/d");
                awaitLook(looks, round % 64 == 0);
                round++;
              } while (System.nanoTime() - end < 0);
            });
    int seenClosed = 0;
    int seenOpen = 0;
    while (mover.isAlive()) {
      int before = moves.get();
      boolean allowed = allows(gate, FileOperation.READ, inner, "file");
      if (before % 2 == 1 && moves.get() == before) {
        assertThat(allowed).isFalse();
        seenClosed++;
      } else if (allowed) {
        seenOpen++;
      }
      looks.incrementAndGet();
    }
    mover.join();
    assertThat(seenOpen).isPositive();
    assertThat(seenClosed).isPositive();
  }

  /** Waits for a look that began after now. */
  private static void awaitLook(AtomicInteger looks, boolean wanted) {
    int last = looks.get() + 2;
    while (wanted && looks.get() - last < 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void many_directories_share_what_room_there_is() {
    mkdir("/open");
    mkdir("/closed");
    PermissionRule closed =
        new PermissionRule(PermissionMode.DENY, List.of("*"), List.of("/closed/**"));
    PermissionGate gate = gate(List.of(closed), false);
    List<Location> open = new ArrayList<>();
    List<Location> shut = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      open.add(mkdir("/open/" + i));
      shut.add(mkdir("/closed/" + i));
    }
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < open.size(); i++) {
        assertThat(allows(gate, FileOperation.READ, open.get(i), "f")).isTrue();
        assertThat(allows(gate, FileOperation.READ, shut.get(i), "f")).isFalse();
      }
    }
  }
}
