package io.vivarium.software;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EROFS;

import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import java.util.List;
import java.util.Map;

/** The one directory of {@link SoftwareFileSystem}. */
final class CommandDirectory extends CommandInode {
  private final Map<String, CommandFile> files;
  private final List<CommandFile> order;

  CommandDirectory(SoftwareFileSystem fileSystem, Map<String, CommandFile> files) {
    super(fileSystem, 1);
    this.files = Map.copyOf(files);
    this.order = List.copyOf(files.values());
  }

  Map<String, CommandFile> files() {
    return files;
  }

  @Override
  int links() {
    return 2;
  }

  @Override
  public FileType type() {
    return FileType.DIRECTORY;
  }

  @Override
  public long size() {
    return 4096;
  }

  @Override
  public Inode lookup(String name) {
    CommandFile file = files.get(name);
    if (file == null) {
      throw ENOENT.exception();
    }
    return file;
  }

  @Override
  public Inode parent() {
    return this;
  }

  @Override
  public Inode create(String name, NewInode attributes) {
    throw EROFS.exception();
  }

  @Override
  public void readDirectory(long cookie, DirectoryVisitor visitor) {
    for (int i = (int) Math.min(cookie, order.size()); i < order.size(); i++) {
      CommandFile file = order.get(i);
      if (!visitor.entry(file.command().name(), file.ino(), FileType.REGULAR, i + 1L)) {
        return;
      }
    }
  }
}
