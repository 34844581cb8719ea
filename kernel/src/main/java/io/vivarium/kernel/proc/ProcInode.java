package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.process.Process;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something in /proc. Its attributes cannot be changed; it belongs to the effective user of the
 * process it is about, or to root.
 *
 * <p>Inodes are made anew by every lookup, so a file's text stays the same for who has it open and
 * is new for who opens it next. The inode number tells which are the same file.
 */
abstract class ProcInode extends Inode {
  private final ProcFileSystem fileSystem;
  private final long ino;
  private final FileType type;
  private final int permissions;
  private final @Nullable Process owner;

  ProcInode(
      ProcFileSystem fileSystem,
      long ino,
      FileType type,
      int permissions,
      @Nullable Process owner) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.type = type;
    this.permissions = permissions;
    this.owner = owner;
  }

  final ProcFileSystem proc() {
    return fileSystem;
  }

  @Override
  public final FileSystem fileSystem() {
    return fileSystem;
  }

  @Override
  public final long ino() {
    return ino;
  }

  @Override
  public final FileType type() {
    return type;
  }

  @Override
  public final int mode() {
    return type.modeBits() | permissions;
  }

  @Override
  public final int uid() {
    return owner == null ? 0 : owner.credentials().effectiveUid();
  }

  @Override
  public final int gid() {
    return owner == null ? 0 : owner.credentials().effectiveGid();
  }

  @Override
  public long size() {
    return 0;
  }

  /** Number of hard links. */
  int links() {
    return 1;
  }

  @Override
  public final Stat stat() {
    Instant instant = Instant.now();
    long now = instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    return new Stat(
        fileSystem.device(), ino, mode(), links(), uid(), gid(), 0, size(), 0, now, now, now, now);
  }

  @Override
  public void setAttributes(AttributeChange change) {
    throw EPERM.exception();
  }
}
