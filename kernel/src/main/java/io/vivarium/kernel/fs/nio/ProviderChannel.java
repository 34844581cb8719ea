package io.vivarium.kernel.fs.nio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/** An open channel, and what it allows. */
record ProviderChannel(SeekableByteChannel channel, boolean read, boolean write) {
  /**
   * Up to this size a provider that copies a file for a {@link FileChannel} (zip does, to disk) is
   * asked for a plain channel instead (which zip keeps in memory).
   */
  static final int SMALL_BYTES = 1 << 20;

  boolean allows(boolean readToo, boolean writeToo) {
    return (read || !readToo) && (write || !writeToo);
  }

  /**
   * Opens an existing file.
   *
   * @param small whether the file fits in memory without worry
   */
  static ProviderChannel open(Path path, boolean read, boolean write, boolean small)
      throws IOException {
    // A writer reads too where it may, so that another user of the file needs no other channel.
    boolean both = read || write;
    try {
      return new ProviderChannel(openOnce(path, both, write, small), both, write);
    } catch (AccessDeniedException | UnsupportedOperationException | IllegalArgumentException e) {
      if (read || !write) {
        throw e;
      }
      return new ProviderChannel(openOnce(path, false, true, small), false, true);
    }
  }

  private static SeekableByteChannel openOnce(Path path, boolean read, boolean write, boolean small)
      throws IOException {
    Set<OpenOption> options = new HashSet<>();
    options.add(LinkOption.NOFOLLOW_LINKS);
    if (read) {
      options.add(READ);
    }
    if (write) {
      options.add(WRITE);
    }
    try {
      return openWith(path, options, small && !write);
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      // A provider without symlinks need not know the option.
      options.remove(LinkOption.NOFOLLOW_LINKS);
      return openWith(path, options, small && !write);
    }
  }

  private static SeekableByteChannel openWith(Path path, Set<OpenOption> options, boolean plain)
      throws IOException {
    if (!plain) {
      try {
        return FileChannel.open(path, options);
      } catch (UnsupportedOperationException e) {
        // Plain channels are all it has.
      }
    }
    return Files.newByteChannel(path, options);
  }
}
