package io.vivarium.kernel.fs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a {@link Gate} can allow to be done to files. */
public enum FileOperation implements Operations {
  /** Opening a file for reading, access(2) with R_OK. */
  READ,
  /** Opening a file for writing, creating one that is no directory or symlink, W_OK. */
  WRITE,
  /** mkdir(2). */
  MKDIR,
  /** Opening a directory. */
  READDIR,
  /** stat(2), statfs(2), chdir(2), O_PATH, reading extended attributes, X_OK. */
  STAT,
  /** unlink(2), rmdir(2), what rename(2) replaces. */
  RM,
  /** rename(2), for both names. */
  RENAME,
  /** access(2) with F_OK. */
  EXISTS,
  /** symlink(2), for the new name; where it leads is nobody's business before it is followed. */
  SYMLINK,
  /** readlink(2). */
  READLINK,
  /** link(2), for both names. */
  LINK,
  /** chmod(2), changing extended attributes. */
  CHMOD,
  /** chown(2). */
  CHOWN,
  /** utimensat(2). */
  UTIMES,
  /** truncate(2), ftruncate(2), and O_TRUNC besides {@link #WRITE}. */
  TRUNCATE,
  /** mount(2) with MS_REMOUNT. */
  MOUNT;

  @SuppressWarnings("ImmutableEnumChecker") // what List.of makes is
  private final List<FileOperation> alone = List.of(this);

  /** Itself, whatever the file. */
  @Override
  public List<FileOperation> on(@Nullable FileType type) {
    return alone;
  }
}
