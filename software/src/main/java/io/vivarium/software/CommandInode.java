package io.vivarium.software;

import static io.vivarium.kernel.errno.Errno.EROFS;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import java.util.concurrent.TimeUnit;

/** What files and the directory of {@link SoftwareFileSystem} have in common: nothing changes. */
abstract class CommandInode extends Inode {
  /** All times: software is the same on every machine, whenever it was installed. */
  private static final long TIME = TimeUnit.DAYS.toNanos(365L * 54);

  private final SoftwareFileSystem fileSystem;
  private final long ino;

  CommandInode(SoftwareFileSystem fileSystem, long ino) {
    this.fileSystem = fileSystem;
    this.ino = ino;
  }

  abstract int links();

  @Override
  public final SoftwareFileSystem fileSystem() {
    return fileSystem;
  }

  @Override
  public final long ino() {
    return ino;
  }

  @Override
  public final int mode() {
    return type().modeBits() | 0755;
  }

  @Override
  public final int uid() {
    return 0;
  }

  @Override
  public final int gid() {
    return 0;
  }

  @Override
  public final Stat stat() {
    long blocks = type() == FileType.DIRECTORY ? 0 : (size() + 511) / 512;
    return new Stat(
        fileSystem.device(), ino, mode(), links(), 0, 0, 0, size(), blocks, TIME, TIME, TIME, TIME);
  }

  @Override
  public final void setAttributes(AttributeChange change) {
    throw EROFS.exception();
  }
}
