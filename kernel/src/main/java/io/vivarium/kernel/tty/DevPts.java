package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The file system of /dev/pts: "ptmx", and a node for the slave of every pseudo-terminal whose
 * master is open. Nothing can be created or removed in it.
 */
final class DevPts extends FileSystem {
  private static final int MULTIPLEXOR_MAJOR = 5;
  private static final int MULTIPLEXOR_MINOR = 2;
  private static final int ROOT_INO = 1;
  private static final int MULTIPLEXOR_INO = 2;
  private static final int FIRST_SLAVE_INO = 3;

  private final PtyTable table;
  private final Root root = new Root(this);
  private final PtsInode multiplexor =
      new PtsInode(
          this,
          "ptmx",
          MULTIPLEXOR_INO,
          DeviceNumber.of(MULTIPLEXOR_MAJOR, MULTIPLEXOR_MINOR),
          0,
          0,
          0);

  DevPts(PtyTable table) {
    this.table = table;
  }

  @Override
  public String type() {
    return "devpts";
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    return new StatFs(StatFs.DEVPTS_MAGIC, 0, 0, 0, 0);
  }

  /** The node with which a master can be opened. */
  PtsInode multiplexor() {
    return multiplexor;
  }

  /** The node of a new slave. */
  PtsInode slave(int index, int uid, int gid) {
    long number = DeviceNumber.of(PtyTable.SLAVE_MAJOR, index);
    return new PtsInode(
        this, Integer.toString(index), FIRST_SLAVE_INO + index, number, 0620, uid, gid);
  }

  boolean shows(PtsInode inode) {
    return find(inode.name()) == inode;
  }

  private @Nullable PtsInode find(String name) {
    for (PtsInode inode : entries()) {
      if (inode.name().equals(name)) {
        return inode;
      }
    }
    return null;
  }

  private List<PtsInode> entries() {
    List<PtsInode> entries = new ArrayList<>();
    entries.add(multiplexor);
    for (int index : table.indices()) {
      Pty pty = table.find(index);
      if (pty != null) {
        entries.add(pty.inode());
      }
    }
    return entries;
  }

  /** The directory itself. */
  private static final class Root extends Inode {
    private final DevPts fileSystem;
    private final long time;

    Root(DevPts fileSystem) {
      this.fileSystem = fileSystem;
      Instant now = Instant.now();
      this.time = now.getEpochSecond() * 1_000_000_000L + now.getNano();
    }

    @Override
    public FileSystem fileSystem() {
      return fileSystem;
    }

    @Override
    public long ino() {
      return ROOT_INO;
    }

    @Override
    public FileType type() {
      return FileType.DIRECTORY;
    }

    @Override
    public Stat stat() {
      return new Stat(
          fileSystem.device(), ROOT_INO, mode(), 2, 0, 0, 0, 0, 0, time, time, time, time);
    }

    @Override
    public int mode() {
      return FileType.DIRECTORY.modeBits() | 0755;
    }

    @Override
    public int uid() {
      return 0;
    }

    @Override
    public int gid() {
      return 0;
    }

    @Override
    public long size() {
      return 0;
    }

    @Override
    public void setAttributes(AttributeChange change) {
      throw EPERM.exception();
    }

    @Override
    public Inode lookup(String name) {
      Inode found = fileSystem.find(name);
      if (found == null) {
        throw ENOENT.exception();
      }
      return found;
    }

    @Override
    public Inode parent() {
      return this;
    }

    @Override
    public Inode create(String name, NewInode attributes) {
      throw EPERM.exception();
    }

    @Override
    public void link(String name, Inode target) {
      throw EPERM.exception();
    }

    @Override
    public void unlink(String name, Inode expected) {
      throw EPERM.exception();
    }

    @Override
    public void rmdir(String name, Inode expected) {
      throw EPERM.exception();
    }

    @Override
    public void rename(
        String oldName,
        Inode expected,
        Inode newParent,
        String newName,
        @Nullable Inode expectedTarget,
        int flags) {
      throw EPERM.exception();
    }

    @Override
    public void readDirectory(long cookie, DirectoryVisitor visitor) {
      for (PtsInode inode : fileSystem.entries()) {
        if (inode.ino() > cookie && !inode.visit(visitor)) {
          return;
        }
      }
    }
  }
}
