package io.vivarium.kernel.proc;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EPERM;

import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.process.Process;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A directory of /proc. Nothing can be created, removed or renamed in it. */
abstract class ProcDirectory extends ProcInode {
  private final @Nullable ProcDirectory parent;
  private final String name;

  /** A directory; without parent the root. */
  ProcDirectory(
      ProcFileSystem fileSystem,
      long ino,
      int permissions,
      @Nullable Process owner,
      @Nullable ProcDirectory parent,
      String name) {
    super(fileSystem, ino, FileType.DIRECTORY, permissions, owner);
    this.parent = parent;
    this.name = name;
  }

  /**
   * An entry.
   *
   * @param cookie position behind it, the same as long as the entry exists, ascending
   * @param make makes its inode
   */
  record Entry(String name, long ino, FileType type, long cookie, Supplier<ProcInode> make) {}

  /** The entries in the order of their cookies; ENOENT when what they are about is gone. */
  abstract List<Entry> entries();

  @Override
  int links() {
    return 2;
  }

  @Override
  public final Inode lookup(String name) {
    for (Entry entry : entries()) {
      if (entry.name().equals(name)) {
        return entry.make().get();
      }
    }
    throw ENOENT.exception();
  }

  @Override
  public final Inode parent() {
    return parent == null ? this : parent;
  }

  @Override
  public final @Nullable Link link() {
    return parent == null ? null : new Link(parent, name);
  }

  @Override
  public final void readDirectory(long cookie, DirectoryVisitor visitor) {
    for (Entry entry : entries()) {
      if (entry.cookie() > cookie
          && !visitor.entry(entry.name(), entry.ino(), entry.type(), entry.cookie())) {
        return;
      }
    }
  }

  @Override
  public final Inode create(String name, NewInode attributes) {
    throw ENOENT.exception();
  }

  @Override
  public final Inode createUnnamed(NewInode attributes) {
    throw io.vivarium.kernel.errno.Errno.EOPNOTSUPP.exception();
  }

  @Override
  public final void link(String name, Inode target) {
    throw EPERM.exception();
  }

  @Override
  public final void unlink(String name, Inode expected) {
    throw EPERM.exception();
  }

  @Override
  public final void rmdir(String name, Inode expected) {
    throw EPERM.exception();
  }

  @Override
  public final void rename(
      String oldName,
      Inode expected,
      Inode newParent,
      String newName,
      @Nullable Inode expectedTarget,
      int flags) {
    throw EPERM.exception();
  }
}
