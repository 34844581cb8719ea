package io.vivarium.wasm.wasi.preview1;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.FdFlags;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.SocketTransfer;

/** Sockets that a program was given; preview 1 has no way to make one. */
final class SockFunctions {
  private static final int RECV_PEEK = 1;
  private static final int RECV_WAITALL = 2;
  private static final int DATA_TRUNCATED = 1;

  private SockFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("sock_recv", SockFunctions::sockRecv, I32, I32, I32, I32, I32, I32)
        .errno("sock_send", SockFunctions::sockSend, I32, I32, I32, I32, I32)
        .errno("sock_shutdown", SockFunctions::sockShutdown, I32, I32);
  }

  /** Adds {@code sock_accept}, which snapshot 0 does not have. */
  static void defineAccept(ImportModule.Builder module) {
    module.errno("sock_accept", SockFunctions::sockAccept, I32, I32, I32);
  }

  /**
   * {@code sock_accept(fd, flags: fdflags, accepted: *fd)}: accept4(2); of the flags NONBLOCK only.
   *
   * <p>ENOTSOCK, EINVAL when the socket does not listen. Source: WASI preview 1.
   */
  static void sockAccept(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.SOCK_ACCEPT);
    int result = (int) a[2];
    memory.offset(result, 4);
    if (((int) a[1] & ~FdFlags.NONBLOCK) != 0) {
      throw EINVAL.exception();
    }
    int accepted = guest.calls().sockets().accept(fd, FdFlags.toLinux((int) a[1]));
    guest.rights().forget(accepted);
    memory.putInt(result, accepted);
  }

  /**
   * {@code sock_recv(fd, data: *iovec, count: u32, flags: u16, received: *u32, out_flags: *u16)}:
   * recvmsg(2). Flags: 1 look without taking, 2 wait until everything is there. Out: 1 when a
   * datagram was longer than the buffers.
   *
   * <p>ENOTSOCK, EAGAIN, EINTR. Source: WASI preview 1.
   */
  static void sockRecv(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_READ);
    int flags = (int) a[3];
    if ((flags & ~(RECV_PEEK | RECV_WAITALL)) != 0) {
      throw EINVAL.exception();
    }
    memory.offset((int) a[4], 4);
    memory.offset((int) a[5], 2);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    boolean peek = (flags & RECV_PEEK) != 0;
    boolean waitAll = (flags & RECV_WAITALL) != 0;
    int length = SocketTransfer.receive(guest, memory, fd, peek, waitAll);
    int received = Math.min(length, guest.vectors().total());
    memory.putInt((int) a[4], received);
    memory.putShort((int) a[5], length > received ? DATA_TRUNCATED : 0);
  }

  /**
   * {@code sock_send(fd, data: *ciovec, count: u32, flags: u16, sent: *u32)}: sendmsg(2). There are
   * no flags: anything but 0 is EINVAL.
   *
   * <p>ENOTSOCK, EPIPE with SIGPIPE, EAGAIN, EINTR. Source: WASI preview 1.
   */
  static void sockSend(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.FD_WRITE);
    if ((int) a[3] != 0) {
      throw EINVAL.exception();
    }
    memory.offset((int) a[4], 4);
    guest.vectors().decode(memory, (int) a[1], (int) a[2]);
    memory.putInt((int) a[4], SocketTransfer.send(guest, memory, fd));
  }

  /**
   * {@code sock_shutdown(fd, how: u8)}: shutdown(2). 1 ends receiving, 2 sending, 3 both.
   *
   * <p>ENOTSOCK, EINVAL for another how. Source: WASI preview 1, type {@code sdflags}.
   */
  static void sockShutdown(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0], Rights.SOCK_SHUTDOWN);
    int how = (int) a[1];
    if (how < 1 || how > 3) {
      throw EINVAL.exception();
    }
    // SHUT_RD, SHUT_WR and SHUT_RDWR are 0, 1 and 2.
    guest.calls().sockets().shutdown(fd, how - 1);
  }
}
