package io.vivarium.kernel.fs.host;

import static io.vivarium.kernel.errno.Errno.EACCES;
import static io.vivarium.kernel.errno.Errno.EROFS;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.StatFs;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A directory of a Linux host as a file system: writes go straight through, nothing above or beside
 * the directory can be reached. The package description says what holds against guests, and against
 * host processes that race with them.
 *
 * <p>What differs from a file system of the machine's own: FIFOs, sockets and device nodes cannot
 * be created (EPERM) and those of the host cannot be opened (ENXIO, EACCES); set-user-id and
 * set-group-id bits are neither shown nor set, except a directory's own set-group-id; extended
 * attributes are those of the {@code user} namespace; owners are as {@link HostDirectoryOptions}
 * says. Errors of the host answer as they are: EACCES for what the JVM's user may not do, ENOSPC,
 * EDQUOT, EROFS and the like. Calls take as long as the host takes.
 *
 * <p>Thread-safe.
 */
public final class HostDirectoryFileSystem extends FileSystem {
  /** {@code f_type} of hostfs on Linux. */
  public static final long HOSTFS_MAGIC = 0x00c0ffeeL;

  /** File systems that are the host's kernel: proc, sysfs, debugfs, tracefs, cgroups, bpf, ... */
  private static final Set<Long> KERNEL_FILE_SYSTEMS =
      Set.of(
          0x9fa0L,
          0x62656572L,
          0x64626720L,
          0x74726163L,
          0x73636673L,
          0x27e0ebL,
          0x63677270L,
          0xcafe4a11L,
          0x62656570L,
          0xde5e81e4L,
          0x6165676cL,
          0xf97cff8cL,
          0x42494e4dL,
          0x1cd1L);

  private static final int DEVICE_SHIFT = 48;

  private final HostDirectoryOptions options;
  private final DescriptorTable descriptors;
  private final HostStat rootStat;
  private final Map<Long, Long> otherDevices = new ConcurrentHashMap<>();
  private final Set<Long> admittedMounts = ConcurrentHashMap.newKeySet();
  private final GrowthLimit growth;
  private final InodeTable inodes = new InodeTable(this);
  private final HostDirectory root;
  private final ReentrantLock renames = new ReentrantLock();
  private final Object locations = new Object();

  private HostDirectoryFileSystem(
      HostDirectoryOptions options, DescriptorTable descriptors, HostHandle handle) {
    this.options = options;
    this.descriptors = descriptors;
    this.growth = new GrowthLimit(options.growth());
    this.rootStat = HostCalls.stat(handle.fd());
    this.root = (HostDirectory) inodes.intern(rootStat);
    root.slot().pin();
    root.slot().offer(handle);
  }

  /** Opens a directory with {@link HostDirectoryOptions#defaults()}. */
  public static HostDirectoryFileSystem open(Path directory) throws IOException {
    return open(directory, HostDirectoryOptions.defaults());
  }

  /**
   * Opens a directory of the host.
   *
   * @param directory a path of the default file system; symlinks in it are followed, now and once
   * @throws IOException when there is no such directory, or it cannot be opened
   * @throws IllegalArgumentException when the directory belongs to a file system that is an
   *     interface of the host's kernel, such as /proc
   * @throws UnsupportedOperationException when the host is not a Linux whose system calls are known
   *     here, hides /proc, or when Java was told to deny native access
   */
  public static HostDirectoryFileSystem open(Path directory, HostDirectoryOptions options)
      throws IOException {
    if (!directory.getFileSystem().equals(FileSystems.getDefault())) {
      throw new IllegalArgumentException(
          "not a directory of the host: " + directory + "; NioFileSystem mounts other providers");
    }
    requireLinux();
    requireNativeAccess();
    DescriptorTable descriptors = new DescriptorTable(options.descriptors());
    boolean opened = false;
    try (HostHandle handle =
        descriptors.open(() -> HostCalls.openRoot(directory), HostHandle.PATH)) {
      if (KERNEL_FILE_SYSTEMS.contains(HostCalls.statFs(handle.fd()).magic())) {
        throw new IllegalArgumentException(
            directory + " is an interface of the host's kernel and cannot be mounted");
      }
      requireSelf(handle);
      HostDirectoryFileSystem result = new HostDirectoryFileSystem(options, descriptors, handle);
      opened = true;
      return result;
    } catch (ErrnoException e) {
      throw failure(directory, e.errno());
    } finally {
      if (!opened) {
        descriptors.close();
      }
    }
  }

  private static void requireLinux() {
    if (!LinuxAbi.known()) {
      throw new UnsupportedOperationException(
          "host directories can be mounted on Linux (x86-64, aarch64, riscv64) only, where guests"
              + " can be kept inside them; for a directory that no host process changes meanwhile,"
              + " mount it through NioFileSystem");
    }
  }

  private static void requireNativeAccess() {
    try {
      long _ = HostCalls.descriptorLimit();
    } catch (LinkageError | IllegalCallerException e) {
      throw new UnsupportedOperationException(
          "mounting host directories calls the C library: start Java with"
              + " --enable-native-access=ALL-UNNAMED",
          e);
    }
  }

  /** Files are opened through /proc/self/fd; it must be there and lead to what it names. */
  private static void requireSelf(HostHandle handle) {
    try {
      int fd = HostCalls.reopenPath(handle.fd());
      HostCalls.close(fd);
    } catch (ErrnoException e) {
      throw new UnsupportedOperationException(
          "mounting host directories needs /proc of the host, and /proc/self/fd answers: "
              + e.errno().message());
    }
  }

  private static IOException failure(Path directory, Errno errno) {
    return switch (errno) {
      case ENOENT -> new NoSuchFileException(directory.toString());
      case ENOTDIR -> new NotDirectoryException(directory.toString());
      case EACCES -> new AccessDeniedException(directory.toString());
      default -> new FileSystemException(directory.toString(), null, errno.message());
    };
  }

  // ---- what guests see ------------------------------------------------------------------------

  /** {@code hostfs}. The source is the same word: paths of the host are not told. */
  @Override
  public String type() {
    return "hostfs";
  }

  @Override
  public HostDirectory root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    try (HostHandle handle = root.handle()) {
      HostStatFs host = HostCalls.statFs(handle.fd());
      long total = host.blocks() * host.fragment();
      long free = Math.min(host.available() * host.fragment(), growth.available());
      return new StatFs(
          HOSTFS_MAGIC, total, total - free, host.files(), host.files() - host.freeFiles());
    }
  }

  @Override
  public boolean readOnly() {
    return options.readOnly();
  }

  /** Closes every descriptor of the host. Later calls answer EIO. */
  @Override
  public void close() {
    descriptors.close();
  }

  /**
   * Bytes by which guests may still make the directory grow; what the host has is another matter.
   */
  public long growthLeft() {
    return growth.available();
  }

  /** How many descriptors of the host this mount holds now. */
  public int openDescriptors() {
    return descriptors.openCount();
  }

  // ---- what the inodes share ------------------------------------------------------------------

  HostDirectoryOptions options() {
    return options;
  }

  DescriptorTable descriptors() {
    return descriptors;
  }

  GrowthLimit growth() {
    return growth;
  }

  InodeTable inodes() {
    return inodes;
  }

  /** Held by a rename from beginning to end. */
  ReentrantLock renames() {
    return renames;
  }

  /** Guards what inodes remember of their places while names of directories change. */
  Object locations() {
    return locations;
  }

  void requireWritable() {
    if (options.readOnly()) {
      throw EROFS.exception();
    }
  }

  /**
   * Refuses what lies on another mount of the host: EACCES. With {@link
   * HostDirectoryOptions#crossMounts} only interfaces of the host's kernel are refused.
   */
  void requireSameMount(HostHandle found, HostStat stat) {
    boolean same =
        rootStat.mount() != 0
            ? stat.mount() == rootStat.mount()
            : stat.device() == rootStat.device();
    if (same) {
      return;
    }
    if (!options.crossMounts()) {
      throw EACCES.exception();
    }
    long mount = stat.mount() != 0 ? stat.mount() : stat.device();
    if (!admittedMounts.contains(mount)) {
      if (KERNEL_FILE_SYSTEMS.contains(HostCalls.statFs(found.fd()).magic())) {
        throw EACCES.exception();
      }
      admittedMounts.add(mount);
    }
  }

  /**
   * The inode number that guests see: the host's, and for other devices of the host a unique one.
   */
  long number(long device, long inode) {
    long number = inode;
    if (device != rootStat.device()) {
      long index = otherDevices.computeIfAbsent(device, d -> otherDevices.size() + 1L);
      number ^= index << DEVICE_SHIFT;
    }
    return number == 0 ? 1 : number;
  }
}
