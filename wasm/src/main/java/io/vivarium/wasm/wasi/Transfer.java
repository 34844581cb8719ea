package io.vivarium.wasm.wasi;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.syscall.DescriptorCalls;
import io.vivarium.wasm.engine.GuestMemory;

/**
 * Moves bytes between the buffers of a call, which {@link GuestContext#vectors} holds, and a
 * descriptor.
 *
 * <p>One buffer is read into and written from where it lies in guest memory, without a copy.
 * Several are one transfer to the kernel, as readv(2) and writev(2) promise: small ones go through
 * a copy, so a record made of parts stays whole in a pipe. Only what is beyond {@value #WHOLE}
 * bytes moves in steps.
 */
public final class Transfer {
  /** Most bytes of several buffers that move at once. */
  static final int WHOLE = 128 << 10;

  private Transfer() {}

  /** Reads at the position. */
  public static int read(GuestContext guest, GuestMemory memory, int fd) {
    DescriptorCalls calls = guest.calls().descriptors();
    IoVectors vectors = guest.vectors();
    if (vectors.count() == 0) {
      return calls.read(fd, memory.array(), 0, 0);
    }
    if (vectors.count() == 1) {
      int at = memory.offset(vectors.address(0), vectors.length(0));
      return calls.read(fd, memory.array(), at, vectors.length(0));
    }
    if (vectors.total() > WHOLE && calls.type(fd) == FileType.REGULAR) {
      return inSteps(
          memory, vectors, (bytes, at, length, done) -> calls.read(fd, bytes, at, length));
    }
    int length = Math.min(vectors.total(), WHOLE);
    byte[] buffer = guest.buffer(length);
    int count = calls.read(fd, buffer, 0, length);
    vectors.scatter(memory, buffer, count);
    return count;
  }

  /** Reads elsewhere. */
  public static int pread(GuestContext guest, GuestMemory memory, int fd, long position) {
    DescriptorCalls calls = guest.calls().descriptors();
    IoVectors vectors = guest.vectors();
    if (vectors.count() == 0) {
      return calls.pread(fd, position, memory.array(), 0, 0);
    }
    return inSteps(
        memory,
        vectors,
        (bytes, at, length, done) -> calls.pread(fd, position + done, bytes, at, length));
  }

  /** Writes at the position. */
  public static int write(GuestContext guest, GuestMemory memory, int fd) {
    DescriptorCalls calls = guest.calls().descriptors();
    IoVectors vectors = guest.vectors();
    if (vectors.count() == 0) {
      return calls.write(fd, memory.array(), 0, 0);
    }
    if (vectors.count() == 1) {
      int at = memory.offset(vectors.address(0), vectors.length(0));
      return calls.write(fd, memory.array(), at, vectors.length(0));
    }
    if (vectors.total() > WHOLE) {
      return inSteps(
          memory, vectors, (bytes, at, length, done) -> calls.write(fd, bytes, at, length));
    }
    byte[] buffer = guest.buffer(vectors.total());
    vectors.gather(memory, buffer, vectors.total());
    return calls.write(fd, buffer, 0, vectors.total());
  }

  /** Writes elsewhere. */
  public static int pwrite(GuestContext guest, GuestMemory memory, int fd, long position) {
    DescriptorCalls calls = guest.calls().descriptors();
    IoVectors vectors = guest.vectors();
    if (vectors.count() == 0) {
      return calls.pwrite(fd, position, memory.array(), 0, 0);
    }
    return inSteps(
        memory,
        vectors,
        (bytes, at, length, done) -> calls.pwrite(fd, position + done, bytes, at, length));
  }

  /** One kernel call for a part of the buffers. */
  @FunctionalInterface
  private interface Step {
    /**
     * Moves up to {@code length} bytes.
     *
     * @param done how many bytes were moved before
     */
    int move(byte[] bytes, int at, int length, int done);
  }

  /** Buffer by buffer, until one is not filled. An error after the first byte ends the transfer. */
  private static int inSteps(GuestMemory memory, IoVectors vectors, Step step) {
    int done = 0;
    for (int i = 0; i < vectors.count(); i++) {
      int length = vectors.length(i);
      int at = memory.offset(vectors.address(i), length);
      int moved;
      try {
        moved = step.move(memory.array(), at, length, done);
      } catch (ErrnoException e) {
        if (done == 0) {
          throw e;
        }
        return done;
      }
      done += moved;
      if (moved < length) {
        return done;
      }
    }
    return done;
  }
}
