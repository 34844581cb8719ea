package io.vivarium.nio;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Stat;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * What stat(2) says, as Java attributes.
 *
 * @param stat the attributes
 */
record StatAttributes(Stat stat) implements PosixFileAttributes {
  @Override
  public UserPrincipal owner() {
    return new NumericPrincipals.User(stat.uid());
  }

  @Override
  public GroupPrincipal group() {
    return new NumericPrincipals.Group(stat.gid());
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    return Permissions.fromMode(stat.mode());
  }

  @Override
  public FileTime lastModifiedTime() {
    return FileTime.from(stat.modificationTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public FileTime lastAccessTime() {
    return FileTime.from(stat.accessTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public FileTime creationTime() {
    return FileTime.from(stat.birthTime(), TimeUnit.NANOSECONDS);
  }

  @Override
  public boolean isRegularFile() {
    return stat.type() == FileType.REGULAR;
  }

  @Override
  public boolean isDirectory() {
    return stat.type() == FileType.DIRECTORY;
  }

  @Override
  public boolean isSymbolicLink() {
    return stat.type() == FileType.SYMLINK;
  }

  @Override
  public boolean isOther() {
    return !isRegularFile() && !isDirectory() && !isSymbolicLink();
  }

  @Override
  public long size() {
    return stat.size();
  }

  @Override
  public Object fileKey() {
    return "(dev=" + Long.toHexString(stat.device()) + ",ino=" + stat.inode() + ")";
  }
}
