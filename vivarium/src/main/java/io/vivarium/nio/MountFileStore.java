package io.vivarium.nio;

import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.StatFs;
import java.nio.file.FileStore;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A mount of a machine as a file store. */
final class MountFileStore extends FileStore {
  private final Mount mount;

  MountFileStore(Mount mount) {
    this.mount = mount;
  }

  @Override
  public String name() {
    return mount.fileSystem().source();
  }

  @Override
  public String type() {
    return mount.fileSystem().type();
  }

  @Override
  public boolean isReadOnly() {
    return mount.readOnly();
  }

  @Override
  public long getTotalSpace() {
    return stat().totalBytes();
  }

  @Override
  public long getUsableSpace() {
    return stat().freeBytes();
  }

  @Override
  public long getUnallocatedSpace() {
    return stat().freeBytes();
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> type) {
    return Set.<Class<?>>of(
            BasicFileAttributeView.class,
            PosixFileAttributeView.class,
            FileOwnerAttributeView.class,
            UserDefinedFileAttributeView.class)
        .contains(type);
  }

  @Override
  public boolean supportsFileAttributeView(String name) {
    return Set.of("basic", "posix", "owner", "unix", "user").contains(name);
  }

  @Override
  public <V extends FileStoreAttributeView> @Nullable V getFileStoreAttributeView(Class<V> type) {
    return null;
  }

  @Override
  public Object getAttribute(String attribute) {
    return switch (attribute) {
      case "totalSpace" -> getTotalSpace();
      case "usableSpace" -> getUsableSpace();
      case "unallocatedSpace" -> getUnallocatedSpace();
      default ->
          throw new UnsupportedOperationException(
              "A file store has totalSpace, usableSpace and unallocatedSpace, not " + attribute);
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MountFileStore that && that.mount == mount;
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(mount);
  }

  private StatFs stat() {
    return mount.fileSystem().statFs();
  }
}
