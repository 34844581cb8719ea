package io.vivarium.kernel.device;

import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The character devices of one machine by number. A node of any file system opens the driver that
 * is registered for its number; a number without driver answers ENXIO. Thread-safe.
 */
public final class DeviceTable {
  private final Map<Long, Driver> byNumber = new ConcurrentHashMap<>();
  private final Map<Integer, Driver> byMajor = new ConcurrentHashMap<>();

  /** Registers a driver for one device. */
  public void register(int major, int minor, Driver driver) {
    byNumber.put(DeviceNumber.of(major, minor), driver);
  }

  /** Registers a driver for every minor number of a major one that has no driver of its own. */
  public void register(int major, Driver driver) {
    byMajor.put(major, driver);
  }

  /** Opens the device behind a node. */
  public FileDescription open(Task task, Inode node, int flags) {
    long number = node.rdev();
    Driver driver = byNumber.get(number);
    if (driver == null) {
      driver = byMajor.get(DeviceNumber.major(number));
    }
    if (driver == null) {
      throw ENXIO.exception();
    }
    return driver.open(task, node, flags);
  }
}
