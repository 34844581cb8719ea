package io.vivarium.kernel.fs.oracle;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.AllocateMode;
import java.util.List;

/**
 * A tree of files under test. Paths are relative to its root and have no "." or ".."; symlinks are
 * never followed at the end of a path, and in its middle they dangle. Failing operations throw
 * {@link ErrnoException}.
 *
 * <p>A tree has a few numbered slots that hold open files and directories.
 */
public interface Tree extends AutoCloseable {
  /** How many slots there are. */
  int SLOTS = 4;

  void create(String path, int mode);

  void mkdir(String path, int mode);

  void symlink(String target, String path);

  void mkfifo(String path, int mode);

  void link(String oldPath, String newPath);

  void unlink(String path);

  void rmdir(String path);

  void rename(String oldPath, String newPath, int flags);

  void chmod(String path, int mode);

  void setXattr(String path, String name, byte[] value, int flags);

  void removeXattr(String path, String name);

  /** Opens a regular file or a directory into a slot, closing what was there. */
  void open(String path, int slot);

  /** Makes a file without a name and opens it into a slot. */
  void openUnnamed(String directory, int slot);

  void close(int slot);

  int write(int slot, long position, byte[] bytes);

  /** Writes at the end; answers how many bytes. */
  int append(int slot, byte[] bytes);

  void truncate(int slot, long size);

  /** Sets the size of a regular file that need not be open. */
  void truncate(String path, long size);

  void allocate(int slot, AllocateMode mode, long position, long length);

  /** Links of the file in a slot, its size and contents; for a directory its links and names. */
  String describe(int slot);

  /** Creates a file in the directory in a slot. */
  void createIn(int slot, String name, int mode);

  /** Gives the file in a slot a name. */
  void linkSlot(int slot, String path);

  /**
   * All files: a line for each path with type, permissions, links, contents, extended attributes,
   * and the first path of the same file.
   */
  List<String> describe();

  @Override
  void close();
}
