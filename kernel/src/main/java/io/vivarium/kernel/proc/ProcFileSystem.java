package io.vivarium.kernel.proc;

import io.vivarium.kernel.SystemIdentity;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.MountTable;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.process.ProcessTable;
import java.util.function.LongSupplier;

/**
 * The proc file system of one machine (proc(5)): its processes and what it is, in the formats of
 * Linux, made when they are read. Nothing in it comes from the host.
 *
 * <p>Left out is what would not be true: counters that nobody counts have no file, or are 0 where a
 * format demands a number.
 */
public final class ProcFileSystem extends FileSystem {
  private final RootDirectory root;

  /**
   * What the machine is.
   *
   * @param identity its names
   * @param cpuCount processors that guests are told of
   * @param memoryBytes memory that guests are told of
   * @param storedBytes how much of it file systems in memory take up
   * @param openFiles counts its open files
   */
  public record Machine(
      SystemIdentity identity,
      int cpuCount,
      long memoryBytes,
      LongSupplier storedBytes,
      CountLimit openFiles) {}

  /** The file system for one machine. */
  public ProcFileSystem(ProcessTable processes, MountTable mounts, Machine machine) {
    this.root = new RootDirectory(this, processes, mounts, machine);
  }

  @Override
  public String type() {
    return "proc";
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    return new StatFs(StatFs.PROC_MAGIC, 0, 0, 0, 0);
  }
}
