package io.vivarium.kernel.fs.host;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open descriptor of the host. It is closed when the last of those who hold it lets go, so a
 * number is never closed, and never given to another file, under a call that uses it.
 */
final class HostHandle implements AutoCloseable {
  /** A descriptor that only names the file (O_PATH). */
  static final int PATH = 0;

  /** Allows reading. */
  static final int READ = 1;

  /** Allows writing. */
  static final int WRITE = 2;

  private final DescriptorTable table;
  private final int fd;
  private final int access;
  private final AtomicInteger holders = new AtomicInteger(1);

  /** A descriptor with one holder, counted by the table already. */
  HostHandle(DescriptorTable table, int fd, int access) {
    this.table = table;
    this.fd = fd;
    this.access = access;
  }

  /** The number, valid for whoever holds the handle. */
  int fd() {
    return fd;
  }

  /** {@link #READ} and {@link #WRITE} as they are allowed. */
  int access() {
    return access;
  }

  /** Whether everything in {@code needed} is allowed. */
  boolean allows(int needed) {
    return (access & needed) == needed;
  }

  /** One more holder; the caller is one already. */
  HostHandle retain() {
    holders.incrementAndGet();
    return this;
  }

  /** One holder less; the last one closes. */
  @Override
  public void close() {
    if (holders.decrementAndGet() == 0) {
      try {
        HostCalls.close(fd);
      } finally {
        table.closed();
      }
    }
  }
}
