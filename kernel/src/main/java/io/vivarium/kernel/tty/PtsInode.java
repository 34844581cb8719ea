package io.vivarium.kernel.tty;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Mode;
import io.vivarium.kernel.fs.Stat;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A device node in /dev/pts. */
final class PtsInode extends Inode {
  private final DevPts fileSystem;
  private final String name;
  private final long ino;
  private final long rdev;
  private final long birthTime;

  // Guarded by this.
  private int permissions;
  private int uid;
  private int gid;
  private long accessTime;
  private long modificationTime;
  private long changeTime;

  PtsInode(DevPts fileSystem, String name, long ino, long rdev, int permissions, int uid, int gid) {
    this.fileSystem = fileSystem;
    this.name = name;
    this.ino = ino;
    this.rdev = rdev;
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
    return FileType.CHARACTER_DEVICE;
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
        rdev,
        0,
        0,
        accessTime,
        modificationTime,
        changeTime,
        birthTime);
  }

  @Override
  public synchronized int mode() {
    return FileType.CHARACTER_DEVICE.modeBits() | permissions;
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
  public long rdev() {
    return rdev;
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

  @Override
  public @Nullable Link link() {
    return fileSystem.shows(this) ? new Link(fileSystem.root(), name) : null;
  }

  String name() {
    return name;
  }

  /** Shows this entry to somebody who lists the directory. */
  boolean visit(DirectoryVisitor visitor) {
    return visitor.entry(name, ino, FileType.CHARACTER_DEVICE, ino);
  }
}
