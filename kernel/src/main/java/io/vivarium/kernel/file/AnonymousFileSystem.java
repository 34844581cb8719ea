package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.StatFs;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A file system without a tree: the home of inodes that exist only through their descriptors. A
 * machine has one for pipes ("pipefs") and one for sockets ("sockfs"). It is never mounted.
 */
public final class AnonymousFileSystem extends FileSystem {
  /** Magic number of pipefs, as fstatfs(2) reports it. */
  public static final long PIPEFS_MAGIC = 0x50495045L;

  /** Magic number of sockfs, as fstatfs(2) reports it. */
  public static final long SOCKFS_MAGIC = 0x534f434bL;

  private final String type;
  private final long magic;
  private final AtomicLong nextIno = new AtomicLong(1);
  private final Inode root;

  private AnonymousFileSystem(String type, long magic) {
    this.type = type;
    this.magic = magic;
    this.root = create(FileType.DIRECTORY, 0555, 0, 0);
  }

  /** The file system of a machine's pipes. */
  public static AnonymousFileSystem pipes() {
    return new AnonymousFileSystem("pipefs", PIPEFS_MAGIC);
  }

  /** The file system of a machine's sockets. */
  public static AnonymousFileSystem sockets() {
    return new AnonymousFileSystem("sockfs", SOCKFS_MAGIC);
  }

  /** A new inode with a number of its own. */
  public Inode create(FileType fileType, int permissions, int uid, int gid) {
    return new AnonymousInode(this, nextIno.getAndIncrement(), fileType, permissions, uid, gid);
  }

  @Override
  public String type() {
    return type;
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    return new StatFs(magic, 0, 0, 0, 0);
  }
}
