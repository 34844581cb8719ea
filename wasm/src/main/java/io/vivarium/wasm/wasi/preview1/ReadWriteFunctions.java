package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.wasm.engine.ValueType.I32;
import static io.vivarium.wasm.engine.ValueType.I64;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.Transfer;

/** Reading and writing. */
final class ReadWriteFunctions {
  private ReadWriteFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("fd_read", ReadWriteFunctions::fdRead, I32, I32, I32, I32)
        .errno("fd_pread", ReadWriteFunctions::fdPread, I32, I32, I32, I64, I32)
        .errno("fd_write", ReadWriteFunctions::fdWrite, I32, I32, I32, I32)
        .errno("fd_pwrite", ReadWriteFunctions::fdPwrite, I32, I32, I32, I64, I32);
  }

  /**
   * {@code fd_read(fd, iovs: *iovec, count: u32, read: *u32)}: reads at the position; 0 at the end.
   *
   * <p>EINVAL for more than 1024 buffers, EISDIR, EAGAIN, EINTR. Source: WASI preview 1; readv(2).
   */
  static void fdRead(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_READ);
    int read = (int) a[3];
    memory.offset(read, 4);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    memory.putInt(read, Transfer.read(guest, memory, fd));
  }

  /**
   * {@code fd_pread(fd, iovs: *iovec, count: u32, offset: u64, read: *u32)}: reads elsewhere,
   * without moving the position.
   *
   * <p>ESPIPE, EINVAL for an offset beyond 2^63. Source: WASI preview 1; preadv(2).
   */
  static void fdPread(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_READ | Rights.FD_SEEK);
    int read = (int) a[4];
    memory.offset(read, 4);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    memory.putInt(read, Transfer.pread(guest, memory, fd, a[3]));
  }

  /**
   * {@code fd_write(fd, iovs: *ciovec, count: u32, written: *u32)}: writes at the position, or at
   * the end with APPEND.
   *
   * <p>EINVAL for more than 1024 buffers, EPIPE with SIGPIPE, EAGAIN, EINTR, ENOSPC, EFBIG. Source:
   * WASI preview 1; writev(2).
   */
  static void fdWrite(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_WRITE);
    int written = (int) a[3];
    memory.offset(written, 4);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    memory.putInt(written, Transfer.write(guest, memory, fd));
  }

  /**
   * {@code fd_pwrite(fd, iovs: *ciovec, count: u32, offset: u64, written: *u32)}: writes elsewhere,
   * without moving the position.
   *
   * <p>ESPIPE, EINVAL for an offset beyond 2^63, ENOSPC, EFBIG. Source: WASI preview 1; pwritev(2).
   */
  static void fdPwrite(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_WRITE | Rights.FD_SEEK);
    int written = (int) a[4];
    memory.offset(written, 4);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    memory.putInt(written, Transfer.pwrite(guest, memory, fd, a[3]));
  }
}
