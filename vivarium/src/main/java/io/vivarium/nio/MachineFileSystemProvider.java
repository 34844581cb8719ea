package io.vivarium.nio;

import static io.vivarium.kernel.errno.Errno.EISDIR;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EXDEV;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link MachineFileSystem}: decodes options, calls the kernel, names failures.
 */
final class MachineFileSystemProvider extends FileSystemProvider {
  private final MachineFileSystem fileSystem;

  MachineFileSystemProvider(MachineFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  @Override
  public String getScheme() {
    return "vivarium";
  }

  @Override
  public MachineFileSystem newFileSystem(URI uri, Map<String, ?> env) {
    throw new UnsupportedOperationException("A machine's file system comes from the machine");
  }

  @Override
  public MachineFileSystem getFileSystem(URI uri) {
    throw new UnsupportedOperationException("A machine's file system comes from the machine");
  }

  @Override
  public Path getPath(URI uri) {
    return fileSystem.getPath(uri.getPath());
  }

  @Override
  public SeekableByteChannel newByteChannel(
      Path path, Set<? extends OpenOption> options, FileAttribute<?>... attrs) throws IOException {
    int flags = OpenOptions.flags(options);
    int mode = OpenOptions.mode(attrs, 0644);
    MachinePath file = machine(path);
    FileDescription description =
        Failures.translate(
            path,
            () ->
                fileSystem
                    .opener()
                    .open(
                        HostTask.current(),
                        who(),
                        fileSystem.start(),
                        file.guest(),
                        flags | OpenFlags.O_NOCTTY,
                        mode));
    if (description.inode().type() == FileType.DIRECTORY) {
      description.release();
      throw Failures.of(EISDIR.exception(), path, null);
    }
    boolean deletes = options.contains(StandardOpenOption.DELETE_ON_CLOSE);
    return new DescriptionChannel(description, file, deletes);
  }

  @Override
  public DirectoryStream<Path> newDirectoryStream(
      Path dir, DirectoryStream.Filter<? super Path> filter) throws IOException {
    MachinePath directory = machine(dir);
    Inode inode = resolve(directory, true).inode();
    if (inode.type() != FileType.DIRECTORY) {
      throw new NotDirectoryException(dir.toString());
    }
    return Failures.translate(dir, () -> new EntryStream(directory, inode, filter));
  }

  @Override
  public void createDirectory(Path dir, FileAttribute<?>... attrs) throws IOException {
    create(dir, NewInode.directory(OpenOptions.mode(attrs, 0755), 0, 0));
  }

  @Override
  public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attrs)
      throws IOException {
    if (attrs.length > 0) {
      throw new UnsupportedOperationException("A symbolic link is created without attributes");
    }
    create(link, NewInode.symlink(target.toString(), 0, 0));
  }

  @Override
  public void createLink(Path link, Path existing) throws IOException {
    Location source = resolve(machine(existing), false);
    Failures.run(
        existing, link, () -> vfs().link(who(), source, fileSystem.start(), machine(link).guest()));
  }

  @Override
  public Path readSymbolicLink(Path link) throws IOException {
    Location place = resolve(machine(link), false);
    try {
      return fileSystem.getPath(vfs().readLink(place));
    } catch (ErrnoException e) {
      throw Failures.ofReadLink(e, link);
    }
  }

  @Override
  public void delete(Path path) throws IOException {
    MachinePath file = machine(path);
    FileType type = resolve(file, false).inode().type();
    Failures.run(
        path,
        null,
        () -> {
          if (type == FileType.DIRECTORY) {
            vfs().rmdir(who(), fileSystem.start(), file.guest());
          } else {
            vfs().unlink(who(), fileSystem.start(), file.guest());
          }
        });
  }

  @Override
  public void copy(Path source, Path target, CopyOption... options) throws IOException {
    Set<CopyOption> wanted = Set.of(options);
    boolean replaces = wanted.contains(StandardCopyOption.REPLACE_EXISTING);
    boolean keeps = wanted.contains(StandardCopyOption.COPY_ATTRIBUTES);
    boolean follows = !wanted.contains(LinkOption.NOFOLLOW_LINKS);
    if (wanted.contains(StandardCopyOption.ATOMIC_MOVE)) {
      throw new UnsupportedOperationException("A copy is not atomic");
    }
    Inode from = resolve(machine(source), follows).inode();
    Inode existing = peek(machine(target));
    if (existing == from) {
      return;
    }
    if (existing != null) {
      if (!replaces) {
        throw new FileAlreadyExistsException(target.toString());
      }
      delete(target);
    }
    switch (from.type()) {
      case DIRECTORY -> createDirectory(target);
      case SYMLINK -> {
        Path leadsTo = readSymbolicLink(source);
        createSymbolicLink(target, leadsTo);
      }
      case REGULAR -> {
        try (var in = Files.newInputStream(source);
            var out = Files.newOutputStream(target, StandardOpenOption.CREATE_NEW)) {
          in.transferTo(out);
        }
        Attributes.of(fileSystem, machine(target), true).setMode(from.mode() & 0777);
      }
      case FIFO, SOCKET, CHARACTER_DEVICE, BLOCK_DEVICE ->
          create(target, NewInode.node(from.type(), from.mode() & 07777, 0, 0, from.rdev()));
    }
    if (keeps) {
      Attributes.of(fileSystem, machine(target), follows)
          .copyFrom(Failures.translate(source, from::stat));
    }
  }

  @Override
  public void move(Path source, Path target, CopyOption... options) throws IOException {
    Set<CopyOption> wanted = Set.of(options);
    boolean replaces = wanted.contains(StandardCopyOption.REPLACE_EXISTING);
    boolean atomic = wanted.contains(StandardCopyOption.ATOMIC_MOVE);
    for (CopyOption option : wanted) {
      if (option == StandardCopyOption.COPY_ATTRIBUTES) {
        throw new UnsupportedOperationException("A move has no option " + option);
      }
    }
    MachinePath from = machine(source);
    MachinePath to = machine(target);
    if (!atomic && !makeRoom(from, to, replaces)) {
      return;
    }
    int flags = replaces || atomic ? 0 : Inode.RENAME_NOREPLACE;
    try {
      Location start = fileSystem.start();
      vfs().rename(who(), start, from.guest(), start, to.guest(), flags);
    } catch (ErrnoException e) {
      if (e.errno() != EXDEV) {
        throw Failures.of(e, source, target);
      }
      if (atomic) {
        throw new AtomicMoveNotSupportedException(
            source.toString(), target.toString(), e.errno().message());
      }
      moveAcrossMounts(source, target, replaces);
    }
  }

  /**
   * Sees to it that rename(2) can replace what is at the target; a directory and another kind of
   * file do not replace each other.
   *
   * @return whether there is anything to move: not when both are names of one file
   */
  private boolean makeRoom(MachinePath source, MachinePath target, boolean replaces)
      throws IOException {
    Inode from = resolve(source, false).inode();
    Inode existing = peek(target);
    if (existing == null) {
      return true;
    }
    if (existing == from) {
      return false;
    }
    if (!replaces) {
      throw new FileAlreadyExistsException(target.toString());
    }
    if ((existing.type() == FileType.DIRECTORY) != (from.type() == FileType.DIRECTORY)) {
      delete(target);
    }
    return true;
  }

  private void moveAcrossMounts(Path source, Path target, boolean replaces) throws IOException {
    Location place = resolve(machine(source), false);
    if (place.inode().type() == FileType.DIRECTORY && !isEmpty(place.inode())) {
      throw Failures.of(ENOTEMPTY.exception(), source, null);
    }
    CopyOption[] options =
        replaces
            ? new CopyOption[] {
              StandardCopyOption.COPY_ATTRIBUTES,
              LinkOption.NOFOLLOW_LINKS,
              StandardCopyOption.REPLACE_EXISTING
            }
            : new CopyOption[] {StandardCopyOption.COPY_ATTRIBUTES, LinkOption.NOFOLLOW_LINKS};
    copy(source, target, options);
    delete(source);
  }

  private static boolean isEmpty(Inode directory) {
    boolean[] empty = {true};
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          empty[0] = false;
          return false;
        });
    return empty[0];
  }

  @Override
  public boolean isSameFile(Path path, Path path2) throws IOException {
    return path.equals(path2)
        || (path2 instanceof MachinePath other
            && other.getFileSystem() == fileSystem
            && resolve(machine(path), true).inode() == resolve(other, true).inode());
  }

  @Override
  public boolean isHidden(Path path) {
    Path name = path.getFileName();
    return name != null && name.toString().startsWith(".");
  }

  @Override
  public FileStore getFileStore(Path path) throws IOException {
    return new MountFileStore(resolve(machine(path), true).mount());
  }

  @Override
  public void checkAccess(Path path, AccessMode... modes) throws IOException {
    int wanted = 0;
    for (AccessMode mode : modes) {
      wanted |=
          switch (mode) {
            case READ -> Access.READ;
            case WRITE -> Access.WRITE;
            case EXECUTE -> Access.EXECUTE;
          };
    }
    int bits = wanted;
    Location place = resolve(machine(path), true);
    Failures.run(path, null, () -> vfs().checkAccess(who(), place, bits));
  }

  @Override
  public <V extends FileAttributeView> @Nullable V getFileAttributeView(
      Path path, Class<V> type, LinkOption... options) {
    return AttributeViews.of(Attributes.of(fileSystem, machine(path), follows(options)), type);
  }

  @Override
  public <A extends BasicFileAttributes> A readAttributes(
      Path path, Class<A> type, LinkOption... options) throws IOException {
    Attributes attributes = Attributes.of(fileSystem, machine(path), follows(options));
    if (!type.isAssignableFrom(StatAttributes.class)) {
      throw new UnsupportedOperationException("A machine has no attributes of " + type);
    }
    return type.cast(attributes.read());
  }

  @Override
  public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
      throws IOException {
    return AttributeNames.read(
        Attributes.of(fileSystem, machine(path), follows(options)), attributes);
  }

  @Override
  public void setAttribute(Path path, String attribute, Object value, LinkOption... options)
      throws IOException {
    AttributeNames.set(
        Attributes.of(fileSystem, machine(path), follows(options)), attribute, value);
  }

  MachinePath realPath(MachinePath path, LinkOption... options) throws IOException {
    Location place = resolve(path, follows(options));
    if (follows(options)) {
      return fileSystem.getPath(place.path());
    }
    MachinePath parent = path.toAbsolutePath().getParent();
    MachinePath name = path.getFileName();
    if (parent == null || name == null) {
      return fileSystem.root();
    }
    return fileSystem.getPath(resolve(parent, true).path()).resolve(name);
  }

  Location resolve(MachinePath path, boolean follow) throws IOException {
    return Failures.translate(
        path, () -> vfs().resolve(who(), fileSystem.start(), path.guest(), follow));
  }

  private @Nullable Inode peek(MachinePath path) throws IOException {
    try {
      return vfs().resolve(who(), fileSystem.start(), path.guest(), false).inode();
    } catch (ErrnoException e) {
      if (e.errno() == ENOENT) {
        return null;
      }
      throw Failures.of(e, path, null);
    }
  }

  private void create(Path path, NewInode attributes) throws IOException {
    Failures.run(
        path,
        null,
        () -> vfs().create(who(), fileSystem.start(), machine(path).guest(), attributes));
  }

  private VirtualFileSystem vfs() {
    return fileSystem.vfs();
  }

  private Credentials who() {
    return fileSystem.who();
  }

  private MachinePath machine(Path path) {
    if (path instanceof MachinePath that && that.getFileSystem() == fileSystem) {
      return that;
    }
    throw new ProviderMismatchException(path + " is not a path of this machine");
  }

  private static boolean follows(LinkOption... options) {
    return !Arrays.asList(options).contains(LinkOption.NOFOLLOW_LINKS);
  }
}
