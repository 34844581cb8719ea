package io.vivarium.wasm.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryFileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryOptions;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.overlay.LowerLayers;
import io.vivarium.kernel.fs.overlay.OverlayFileSystem;
import io.vivarium.kernel.image.DeviceNodes;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.StorageLedger;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.kernel.limit.StorageUse;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.wasm.testing.TestMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A machine with a directory {@code /q} that has room for {@link #BYTES} and {@link #INODES} more,
 * and counts that know nothing of how the file system keeps its own.
 */
final class QuotaStore implements AutoCloseable {
  static final long BYTES = 64 << 10;
  static final long INODES = 40;

  /** How many files of 4 KiB an overlay has below. */
  static final int LOWER_FILES = 80;

  /** What a name costs in a directory of the host. */
  private static final long HOST_NAME = 4096;

  /** Where the directory is. */
  enum Kind {
    /** In the root file system. */
    ROOT,
    /** An empty tree in memory, with limits of its own. */
    MEMORY,
    /** Growth over other trees. */
    OVERLAY,
    /** Growth of a directory of the host. */
    HOST
  }

  /**
   * What was counted.
   *
   * @param bytes sizes of everything but directories; of regular files for those of the host
   * @param inodes files of all kinds; names without the root for directories of the host
   */
  record Count(long bytes, long inodes) {}

  private final Kind kind;
  private final TestMachine machine;
  private final FileSystem fileSystem;
  private final Count atFirst;

  private QuotaStore(Kind kind, TestMachine machine, FileSystem fileSystem) {
    this.kind = kind;
    this.machine = machine;
    this.fileSystem = fileSystem;
    this.atFirst = count();
  }

  /**
   * Boots one.
   *
   * @param host an empty directory
   */
  static QuotaStore open(Kind kind, Path host) {
    StorageLimits limits = StorageLimits.of(BYTES, INODES + 1);
    return switch (kind) {
      case ROOT -> root();
      case MEMORY -> mounted(kind, new MemoryFileSystem(limits));
      case OVERLAY ->
          mounted(
              kind,
              new OverlayFileSystem(
                  LowerLayers.of(List.of(lower().root())), StorageLimits.of(BYTES, INODES + 3)));
      case HOST -> {
        try {
          yield mounted(
              kind,
              HostDirectoryFileSystem.open(
                  host, HostDirectoryOptions.defaults().withGrowth(BYTES)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }

  private static QuotaStore root() {
    StorageUse use;
    try (TestMachine probe = machine(KernelOptions.DEFAULT)) {
      use = ledger(probe).use();
    }
    TestMachine machine =
        machine(
            KernelOptions.DEFAULT
                .with(Limit.STORAGE_BYTES, use.bytes() + BYTES)
                .with(Limit.STORAGE_INODES, use.inodes() + INODES));
    return new QuotaStore(Kind.ROOT, machine, machine.inode("/q").fileSystem());
  }

  private static TestMachine machine(KernelOptions options) {
    TestMachine machine = new TestMachine(options);
    DeviceNodes.build(machine.inode("/dev"));
    Guest.install(machine);
    machine.mkdir("/q");
    return machine;
  }

  private static QuotaStore mounted(Kind kind, FileSystem fileSystem) {
    TestMachine machine = machine(KernelOptions.DEFAULT);
    if (kind != Kind.HOST) {
      fileSystem.root().setAttributes(AttributeChange.mode(0777));
    }
    VirtualFileSystem vfs = machine.kernel().vfs();
    vfs.mounts()
        .mount(vfs.resolve(Credentials.root(), vfs.mounts().root(), "/q", true), fileSystem, false);
    return new QuotaStore(kind, machine, fileSystem);
  }

  private static MemoryFileSystem lower() {
    MemoryFileSystem lower = new MemoryFileSystem(StorageLimits.unlimited());
    Inode directory = lower.root().create("lower", NewInode.directory(0755, 1000, 1000));
    for (int i = 0; i < LOWER_FILES; i++) {
      Inode file = directory.create("f" + i, NewInode.regular(0644, 1000, 1000));
      file.write(0, new byte[4096], 0, 4096);
    }
    return lower;
  }

  Kind kind() {
    return kind;
  }

  TestMachine machine() {
    return machine;
  }

  private static StorageLedger ledger(TestMachine machine) {
    return ((MemoryFileSystem) machine.inode("/").fileSystem()).ledger();
  }

  // ---- what the file system says --------------------------------------------------------------

  /**
   * Every figure that the file system keeps. For an overlay not its host memory: a call that fails
   * may have brought a file up for nothing, which only the host sees, and which happens once.
   */
  String figures() {
    return switch (fileSystem) {
      case MemoryFileSystem memory -> figures(memory.ledger());
      case OverlayFileSystem overlay -> overlay.ledger().use() + " of " + overlay.usage();
      case HostDirectoryFileSystem host -> "left " + host.growthLeft();
      default -> throw new AssertionError(fileSystem);
    };
  }

  private static String figures(StorageLedger ledger) {
    return ledger.use() + " resident " + ledger.residentBytes();
  }

  /** Fails when use is over a limit. */
  void assertWithinLimits() {
    switch (fileSystem) {
      case MemoryFileSystem memory -> assertWithin(memory.ledger());
      case OverlayFileSystem overlay -> assertWithin(overlay.ledger());
      case HostDirectoryFileSystem host ->
          assertThat(host.growthLeft()).as("growth that is left").isNotNegative();
      default -> throw new AssertionError(fileSystem);
    }
  }

  private static void assertWithin(StorageLedger ledger) {
    StorageLimits limits = ledger.limits();
    assertThat(ledger.bytes()).as("bytes").isLessThanOrEqualTo(limits.bytes());
    assertThat(ledger.inodes()).as("inodes").isLessThanOrEqualTo(limits.inodes());
    assertThat(ledger.residentBytes()).as("resident").isLessThanOrEqualTo(limits.residentBytes());
  }

  /** Bytes by which files can still grow. */
  long bytesLeft() {
    return switch (fileSystem) {
      case MemoryFileSystem memory -> memory.ledger().freeBytes();
      case OverlayFileSystem overlay -> overlay.ledger().freeBytes();
      case HostDirectoryFileSystem host -> host.growthLeft();
      default -> throw new AssertionError(fileSystem);
    };
  }

  /** How many files can still be made. */
  long inodesLeft() {
    return switch (fileSystem) {
      case MemoryFileSystem memory -> left(memory.ledger());
      case OverlayFileSystem overlay -> left(overlay.ledger());
      case HostDirectoryFileSystem host -> host.growthLeft() / HOST_NAME;
      default -> throw new AssertionError(fileSystem);
    };
  }

  private static long left(StorageLedger ledger) {
    return ledger.limits().inodes() - ledger.inodes();
  }

  // ---- what there is --------------------------------------------------------------------------

  /**
   * Fails unless the file system's figures are what a walk through the tree finds.
   *
   * @param unnamed sizes of the files that are open and have no name
   */
  void assertCounted(List<Long> unnamed) {
    Count found = count();
    long bytes = found.bytes() + unnamed.stream().mapToLong(Long::longValue).sum();
    long inodes = found.inodes() + unnamed.size();
    switch (fileSystem) {
      case MemoryFileSystem memory ->
          assertThat(memory.ledger().use()).isEqualTo(use(bytes, inodes));
      case OverlayFileSystem overlay -> assertThat(overlay.usage()).isEqualTo(use(bytes, inodes));
      case HostDirectoryFileSystem host -> {
        long names = found.inodes() - atFirst.inodes(); // what has none costs its bytes only
        long grown = bytes - atFirst.bytes() + HOST_NAME * names;
        assertThat(BYTES - host.growthLeft()).as("growth").isEqualTo(grown);
      }
      default -> throw new AssertionError(fileSystem);
    }
  }

  private static StorageUse use(long bytes, long inodes) {
    return new StorageUse(bytes, inodes);
  }

  private Count count() {
    Set<Long> seen = new HashSet<>();
    long[] sums = new long[2];
    count(fileSystem.root(), seen, sums);
    return new Count(sums[0], kind == Kind.HOST ? sums[1] : seen.size());
  }

  private void count(Inode inode, Set<Long> seen, long[] sums) {
    Stat stat = inode.stat();
    if (!seen.add(stat.inode())) {
      return;
    }
    if (inode.type() != FileType.DIRECTORY) {
      sums[0] += kind == Kind.HOST && inode.type() != FileType.REGULAR ? 0 : stat.size();
      return;
    }
    for (String name : Tree.names(inode)) {
      sums[1]++;
      count(inode.lookup(name), seen, sums);
    }
  }

  /** Everything below {@code /q}, with all that can be seen of it. */
  Set<String> tree() {
    return Tree.below(machine, "/q");
  }

  @Override
  public void close() {
    machine.close();
  }
}
