package io.vivarium.kernel.image;

import io.vivarium.kernel.device.MemoryDevices;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;

/** What a fresh machine has in /dev. */
public final class DeviceNodes {
  /** Major number of /dev/tty and /dev/ptmx. */
  public static final int TTY_MAJOR = 5;

  /** Minor number of /dev/tty. */
  public static final int TTY_MINOR = 0;

  /** Minor number of /dev/ptmx. */
  public static final int PTMX_MINOR = 2;

  private DeviceNodes() {}

  /** Builds the nodes below the root of an empty file system; "pts" is a place to mount devpts. */
  public static void build(Inode dev) {
    node(dev, "null", MemoryDevices.MAJOR, MemoryDevices.NULL_MINOR);
    node(dev, "zero", MemoryDevices.MAJOR, MemoryDevices.ZERO_MINOR);
    node(dev, "full", MemoryDevices.MAJOR, MemoryDevices.FULL_MINOR);
    node(dev, "random", MemoryDevices.MAJOR, MemoryDevices.RANDOM_MINOR);
    node(dev, "urandom", MemoryDevices.MAJOR, MemoryDevices.URANDOM_MINOR);
    node(dev, "tty", TTY_MAJOR, TTY_MINOR);
    node(dev, "ptmx", TTY_MAJOR, PTMX_MINOR);
    link(dev, "fd", "/proc/self/fd");
    link(dev, "stdin", "/proc/self/fd/0");
    link(dev, "stdout", "/proc/self/fd/1");
    link(dev, "stderr", "/proc/self/fd/2");
    dev.create("pts", NewInode.directory(0755, 0, 0));
    dev.create("shm", NewInode.directory(01777, 0, 0));
  }

  private static void node(Inode dev, String name, int major, int minor) {
    long number = DeviceNumber.of(major, minor);
    dev.create(name, NewInode.node(FileType.CHARACTER_DEVICE, 0666, 0, 0, number));
  }

  private static void link(Inode dev, String name, String target) {
    dev.create(name, NewInode.symlink(target, 0, 0));
  }
}
