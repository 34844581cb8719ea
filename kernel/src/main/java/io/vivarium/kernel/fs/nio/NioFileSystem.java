package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.EROFS;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.StatFs;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A directory of any NIO provider as a file system.
 *
 * <p>What a provider cannot do answers as Linux file systems answer that cannot either: links and
 * symlinks EPERM, {@code RENAME_EXCHANGE} EINVAL, preallocation, unnamed files and extended
 * attributes EOPNOTSUPP, special files EPERM. Changes of modes a provider has no place for succeed
 * and change nothing; owners are fixed, and changing them answers EPERM. A provider without file
 * keys moves only empty directories (EXDEV otherwise, on which mv(1) copies), and a file removed
 * while in use is gone (ESTALE).
 *
 * <p>Thread-safe.
 */
public final class NioFileSystem extends FileSystem {
  private final NioOptions options;
  private final Path top;
  private final Set<String> views;
  private final boolean readOnly;
  private final boolean ofHost;
  private final ReentrantReadWriteLock tree = new ReentrantReadWriteLock();
  private final NioInodes inodes = new NioInodes(this);
  private final ChannelTable channels;
  private final NioDirectory root;

  private NioFileSystem(Path top, NioOptions options) throws IOException {
    this.options = options;
    this.top = top;
    this.views = Set.copyOf(top.getFileSystem().supportedFileAttributeViews());
    this.ofHost = top.getFileSystem().equals(FileSystems.getDefault());
    this.readOnly = options.readOnly() || top.getFileSystem().isReadOnly() || storeReadOnly(top);
    this.channels = new ChannelTable(options.channels());
    this.root = new NioDirectory(this, NioAttributes.read(top, views), null);
  }

  /** Shows a directory with {@link NioOptions#defaults()}. */
  public static NioFileSystem open(Path directory) throws IOException {
    return open(directory, NioOptions.defaults());
  }

  /**
   * Shows a directory of a provider. Closing this file system closes channels but not the
   * provider's file system, which belongs to the caller.
   *
   * @throws IOException when the directory cannot be read
   * @throws NotDirectoryException when it is something else
   */
  public static NioFileSystem open(Path directory, NioOptions options) throws IOException {
    Path top = directory.toRealPath();
    if (!Files.isDirectory(top)) {
      throw new NotDirectoryException(directory.toString());
    }
    return new NioFileSystem(top, options);
  }

  private static boolean storeReadOnly(Path top) {
    try {
      return Files.getFileStore(top).isReadOnly();
    } catch (IOException | UnsupportedOperationException | SecurityException e) {
      return false; // it will say so when something is to be changed
    }
  }

  /** {@code nio}. The source is the same word: paths of the host are not told. */
  @Override
  public String type() {
    return "nio";
  }

  @Override
  public NioDirectory root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    try {
      FileStore store = NioErrors.ask(() -> Files.getFileStore(top));
      long total = NioErrors.ask(store::getTotalSpace);
      long free = NioErrors.ask(store::getUsableSpace);
      long capacity = Math.max(Math.max(total, free), 1);
      return new StatFs(
          StatFs.FUSE_MAGIC, capacity, Math.max(0, capacity - free), Long.MAX_VALUE, 0);
    } catch (ErrnoException e) {
      return new StatFs(StatFs.FUSE_MAGIC, Long.MAX_VALUE, 0, Long.MAX_VALUE, 0);
    }
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  /** Closes all channels; what providers keep back until then they write now. */
  @Override
  public void close() {
    channels.close();
  }

  /** How many channels of the provider are open now. */
  public int openChannels() {
    return channels.openCount();
  }

  // ---- what the inodes share -------------------------------------------------------------------

  NioOptions options() {
    return options;
  }

  /** The provider's path of the root. */
  Path top() {
    return top;
  }

  /** Names of the attribute views that the provider has. */
  Set<String> views() {
    return views;
  }

  /**
   * Whether the provider is the host's own file system, where other processes may put symlinks on
   * the way to a file.
   */
  boolean ofHost() {
    return ofHost;
  }

  /** Whether files have identities of their own, so an open file survives the loss of its name. */
  boolean hasKeys() {
    return root.hasKey();
  }

  /** Shared by users of paths, exclusive for changes of names. */
  ReentrantReadWriteLock tree() {
    return tree;
  }

  NioInodes inodes() {
    return inodes;
  }

  ChannelTable channels() {
    return channels;
  }

  void requireWritable() {
    if (readOnly) {
      throw EROFS.exception();
    }
  }
}
