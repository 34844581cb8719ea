package io.vivarium.kernel.process;

import io.vivarium.kernel.fs.Location;
import java.util.List;

/** A kind of executable file that a lane knows how to run. Thread-safe. */
public interface BinaryFormat {
  /**
   * Whether a file is of this kind.
   *
   * @param header its first bytes
   * @param length how many there are, at most {@link ImageLoader#HEADER_BYTES}
   */
  boolean recognises(byte[] header, int length);

  /**
   * Prepares a file to run. Nothing of the calling process changes yet.
   *
   * @param file the file; it stays in use while the program runs
   * @param path the path it was found under, for messages
   * @param argv the arguments it will get
   * @throws io.vivarium.kernel.errno.ErrnoException ENOEXEC when it is broken, ENOMEM, E2BIG, ...
   */
  Program load(Location file, String path, List<String> argv);
}
