package io.vivarium.nio;

import static io.vivarium.kernel.fs.AttributeChange.KEEP;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.text.ByteStrings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The attribute views of a path. */
final class AttributeViews {
  private static final String USER = "user.";

  private AttributeViews() {}

  static <V extends FileAttributeView> @Nullable V of(Attributes attributes, Class<V> type) {
    if (type == BasicFileAttributeView.class) {
      return type.cast(new PosixView(attributes, "basic"));
    }
    if (type == FileOwnerAttributeView.class) {
      return type.cast(new PosixView(attributes, "owner"));
    }
    if (type.isAssignableFrom(PosixView.class)) {
      return type.cast(new PosixView(attributes, "posix"));
    }
    if (type == UserDefinedFileAttributeView.class) {
      return type.cast(user(attributes));
    }
    return null;
  }

  /** The extended attributes in the user namespace. */
  static UserDefinedFileAttributeView user(Attributes attributes) {
    return new UserView(attributes);
  }

  private record PosixView(Attributes attributes, String name) implements PosixFileAttributeView {
    @Override
    public StatAttributes readAttributes() throws IOException {
      return attributes.read();
    }

    @Override
    public void setTimes(
        @Nullable FileTime lastModifiedTime,
        @Nullable FileTime lastAccessTime,
        @Nullable FileTime createTime)
        throws IOException {
      attributes.setTimes(lastModifiedTime, lastAccessTime);
    }

    @Override
    public void setPermissions(Set<PosixFilePermission> perms) throws IOException {
      attributes.setMode(Permissions.toMode(perms));
    }

    @Override
    public void setGroup(GroupPrincipal group) throws IOException {
      attributes.setOwner(KEEP, NumericPrincipals.idOf(group));
    }

    @Override
    public UserPrincipal getOwner() throws IOException {
      return attributes.read().owner();
    }

    @Override
    public void setOwner(UserPrincipal owner) throws IOException {
      attributes.setOwner(NumericPrincipals.idOf(owner), KEEP);
    }
  }

  private record UserView(Attributes attributes) implements UserDefinedFileAttributeView {
    @Override
    public String name() {
      return "user";
    }

    @Override
    public List<String> list() throws IOException {
      Inode inode = inode();
      return Failures.translate(attributes.path(), inode::listXattrs).stream()
          .filter(name -> name.startsWith(USER))
          .map(name -> name.substring(USER.length()))
          .toList();
    }

    @Override
    public int size(String name) throws IOException {
      return value(name).length;
    }

    @Override
    public int read(String name, ByteBuffer dst) throws IOException {
      byte[] value = value(name);
      if (value.length > dst.remaining()) {
        throw new FileSystemException(
            attributes.path().toString(),
            null,
            "the value of "
                + name
                + " has "
                + value.length
                + " bytes, the buffer "
                + dst.remaining());
      }
      dst.put(value);
      return value.length;
    }

    @Override
    public int write(String name, ByteBuffer src) throws IOException {
      byte[] value = new byte[src.remaining()];
      src.get(value);
      Inode inode = inode();
      Failures.run(attributes.path(), null, () -> inode.setXattr(USER + checked(name), value, 0));
      return value.length;
    }

    @Override
    public void delete(String name) throws IOException {
      Inode inode = inode();
      Failures.run(attributes.path(), null, () -> inode.removeXattr(USER + name));
    }

    private byte[] value(String name) throws IOException {
      Inode inode = inode();
      return Failures.translate(attributes.path(), () -> inode.getXattr(USER + name));
    }

    private Inode inode() throws IOException {
      return attributes.place().inode();
    }

    private static String checked(String name) {
      if (ByteStrings.length(name) > 255 - USER.length()) {
        throw new IllegalArgumentException("An attribute name has at most 250 bytes: " + name);
      }
      return name;
    }
  }
}
