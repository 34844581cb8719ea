package io.vivarium.kernel.device;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.wait.Task;

/** What stands behind a character device. */
@FunctionalInterface
public interface Driver {
  /**
   * Opens the device; permission has been checked.
   *
   * @param task who opens
   * @param node the device node that was opened; its {@code rdev} says which device
   * @param flags flags of open(2)
   */
  FileDescription open(Task task, Inode node, int flags);
}
