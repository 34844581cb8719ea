package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The marks that say what a file of a layer means to the union. Guests never see them. */
final class Marks {
  private static final String PREFIX = "trusted.overlay.";

  /** On a directory: lower directories of the same name are not merged into it. */
  static final String OPAQUE = PREFIX + "opaque";

  /** On a directory: the path in the lower trees that is merged into it instead of its own. */
  static final String REDIRECT = PREFIX + "redirect";

  /** On a file that was copied up: the {@link Origin}, which keeps its inode number. */
  static final String ORIGIN = PREFIX + "origin";

  /** On a regular file: its contents are still those of its origin. */
  static final String METACOPY = PREFIX + "metacopy";

  /** On a file that has several names in the lower trees: how many names it has in the union. */
  static final String LINKS = PREFIX + "nlink";

  /** On a file with {@link #LINKS}: how many of them count names that the union does not show. */
  static final String HIDDEN_LINKS = PREFIX + "nlink.hidden";

  /** On a directory without lower directories: it may have files with inode numbers of others. */
  static final String IMPURE = PREFIX + "impure";

  static final byte[] YES = {'y'};

  private Marks() {}

  static boolean isMark(String xattr) {
    return xattr.startsWith(PREFIX);
  }

  static boolean isWhiteout(Inode inode) {
    return isWhiteout(inode.type(), inode.rdev());
  }

  static boolean isWhiteout(FileType type, long rdev) {
    return type == FileType.CHARACTER_DEVICE && rdev == 0;
  }

  static byte @Nullable [] get(Inode inode, String mark) {
    try {
      return inode.getXattr(mark);
    } catch (ErrnoException e) {
      if (e.errno() != ENODATA && e.errno() != EOPNOTSUPP) {
        throw e;
      }
      return null;
    }
  }

  static boolean has(Inode inode, String mark) {
    return get(inode, mark) != null;
  }

  /** The extended attributes of a file that are no marks. */
  static Map<String, byte[]> xattrsWithout(Inode inode) {
    Map<String, byte[]> xattrs = new HashMap<>();
    for (String name : inode.listXattrs()) {
      if (!isMark(name)) {
        xattrs.put(name, inode.getXattr(name));
      }
    }
    return xattrs;
  }
}
