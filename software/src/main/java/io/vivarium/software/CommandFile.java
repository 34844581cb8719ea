package io.vivarium.software;

import static io.vivarium.kernel.errno.Errno.EIO;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.wasm.engine.ModuleDigest;
import io.vivarium.wasm.process.DigestSource;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One command: a file whose contents are mapped from the host at first use. */
final class CommandFile extends CommandInode implements DigestSource {
  private static final Logger LOG = LoggerFactory.getLogger(CommandFile.class);

  private final Command command;
  private @Nullable Inode directory;
  private @Nullable MappedByteBuffer contents;

  CommandFile(SoftwareFileSystem fileSystem, long ino, Command command) {
    super(fileSystem, ino);
    this.command = command;
  }

  void setDirectory(Inode parent) {
    this.directory = parent;
  }

  Command command() {
    return command;
  }

  @Override
  public ModuleDigest moduleDigest() {
    return command.digest();
  }

  @Override
  int links() {
    return 1;
  }

  @Override
  public FileType type() {
    return FileType.REGULAR;
  }

  @Override
  public long size() {
    return command.size();
  }

  @Override
  public @Nullable Link link() {
    return directory == null ? null : new Link(directory, command.name());
  }

  @Override
  public int read(long position, byte[] buffer, int offset, int length) {
    MappedByteBuffer mapped = contents();
    if (position >= mapped.limit()) {
      return 0;
    }
    int count = (int) Math.min(length, mapped.limit() - position);
    mapped.get((int) position, buffer, offset, count);
    return count;
  }

  private synchronized MappedByteBuffer contents() {
    MappedByteBuffer present = contents;
    if (present == null) {
      try (FileChannel channel = FileChannel.open(command.file(), StandardOpenOption.READ)) {
        if (channel.size() != command.size()) {
          throw damaged("has " + channel.size() + " bytes instead of " + command.size());
        }
        present = channel.map(FileChannel.MapMode.READ_ONLY, 0, command.size());
      } catch (IOException e) {
        throw damaged("cannot be read, " + e);
      }
      contents = present;
    }
    return present;
  }

  private ErrnoException damaged(String how) {
    LOG.error(
        "The installed {} {}. Delete {} to install it again.",
        command.name(),
        how,
        command.file().getParent());
    return EIO.exception();
  }
}
