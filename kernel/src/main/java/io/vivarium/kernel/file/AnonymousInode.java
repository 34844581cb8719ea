package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.Stat;
import java.time.Instant;

/**
 * What a pipe or a socket without a name answers to fstat, fchmod and fchown: attributes and
 * nothing else. Its data lives in the descriptions.
 */
final class AnonymousInode extends Inode {
  private final AnonymousFileSystem fileSystem;
  private final long ino;
  private final FileType type;
  private final long birthTime;

  // Guarded by this.
  private int permissions;
  private int uid;
  private int gid;
  private long accessTime;
  private long modificationTime;
  private long changeTime;

  AnonymousInode(
      AnonymousFileSystem fileSystem, long ino, FileType type, int permissions, int uid, int gid) {
    this.fileSystem = fileSystem;
    this.ino = ino;
    this.type = type;
    this.permissions = permissions;
    this.uid = uid;
    this.gid = gid;
    this.birthTime = now();
    this.accessTime = birthTime;
    this.modificationTime = birthTime;
    this.changeTime = birthTime;
  }

  private static long now() {
    Instant instant = Instant.now();
    return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
  }

  @Override
  public FileSystem fileSystem() {
    return fileSystem;
  }

  @Override
  public long ino() {
    return ino;
  }

  @Override
  public FileType type() {
    return type;
  }

  @Override
  public synchronized Stat stat() {
    return new Stat(
        fileSystem.device(),
        ino,
        mode(),
        1,
        uid,
        gid,
        0,
        0,
        0,
        accessTime,
        modificationTime,
        changeTime,
        birthTime);
  }

  @Override
  public synchronized int mode() {
    return type.modeBits() | permissions;
  }

  @Override
  public synchronized int uid() {
    return uid;
  }

  @Override
  public synchronized int gid() {
    return gid;
  }

  @Override
  public long size() {
    return 0;
  }

  @Override
  public synchronized void setAttributes(AttributeChange change) {
    if (change.mode() != AttributeChange.KEEP) {
      permissions = change.mode() & Mode.PERMISSIONS;
    }
    if (change.uid() != AttributeChange.KEEP) {
      uid = change.uid();
    }
    if (change.gid() != AttributeChange.KEEP) {
      gid = change.gid();
    }
    if (change.accessTime() != AttributeChange.KEEP_TIME) {
      accessTime = change.accessTime();
    }
    if (change.modificationTime() != AttributeChange.KEEP_TIME) {
      modificationTime = change.modificationTime();
    }
    changeTime = now();
  }
}
