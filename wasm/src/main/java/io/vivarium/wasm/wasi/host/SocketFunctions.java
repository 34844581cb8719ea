package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EFAULT;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPROTONOSUPPORT;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.syscall.SocketCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.IoVectors;

/**
 * Socket pairs and messages that carry descriptors.
 *
 * <p>Source: ABI sections 2 and 6.1; unix(7).
 */
final class SocketFunctions {
  /** Most descriptors in one message (SCM_MAX_FD). */
  static final int MAX_RIGHTS = 253;

  /** The flags of receiving, which have the numbers of Linux. */
  static final int RECEIVE_FLAGS =
      SocketCalls.MSG_PEEK
          | SocketCalls.MSG_TRUNC
          | SocketCalls.MSG_DONTWAIT
          | SocketCalls.MSG_WAITALL
          | SocketCalls.MSG_CMSG_CLOEXEC;

  private static final int STREAM = 6;
  private static final int DGRAM = 5;
  private static final int POSIX_STREAM = 1;
  private static final int POSIX_DGRAM = 2;

  private static final int PAYLOAD_CUT = 1;
  private static final int RIGHTS_CUT = 2;
  private static final int LENGTH_SHIFT = 2;

  private SocketFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("fd_socketpair", SocketFunctions::fdSocketpair, I32, I32, I32, I32, I32)
        .errno(
            "fd_sendmsg_rights",
            SocketFunctions::fdSendmsgRights,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32)
        .errno(
            "fd_recvmsg_rights",
            SocketFunctions::fdRecvmsgRights,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32);
  }

  /**
   * {@code fd_socketpair(kind, nonblock, cloexec, a: *u32, b: *u32)}: socketpair(2) of AF_UNIX;
   * kind 6 or 1 is a stream, 5 or 2 datagrams. EPROTONOSUPPORT for others, EMFILE.
   */
  static void fdSocketpair(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], 4);
    memory.offset((int) a[4], 4);
    int flags = (int) a[1] != 0 ? OpenFlags.O_NONBLOCK : 0;
    if ((int) a[2] != 0) {
      flags |= OpenFlags.O_CLOEXEC;
    }
    FdPair pair = guest.calls().sockets().socketpair(type((int) a[0]), flags);
    guest.rights().forget(pair.first());
    guest.rights().forget(pair.second());
    memory.putInt((int) a[3], pair.first());
    memory.putInt((int) a[4], pair.second());
  }

  /** A socket type of Linux for one of the wire, which has two numberings. */
  static int type(int kind) {
    return switch (kind) {
      case STREAM, POSIX_STREAM -> SocketCalls.SOCK_STREAM;
      case DGRAM, POSIX_DGRAM -> SocketCalls.SOCK_DGRAM;
      default -> throw EPROTONOSUPPORT.exception();
    };
  }

  /**
   * {@code fd_sendmsg_rights(socket, data, len, rights: *u32, count, flags, sent: *u32)}:
   * sendmsg(2) with SCM_RIGHTS. EINVAL for more than 253 descriptors, ENOTSOCK, EPIPE, EAGAIN,
   * EINTR.
   */
  static void fdSendmsgRights(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[6], 4);
    int fd = guest.descriptor((int) a[0]);
    int length = length(memory, (int) a[1], (int) a[2]);
    int count = (int) a[4];
    if (Integer.compareUnsigned(count, MAX_RIGHTS) > 0) {
      throw EINVAL.exception();
    }
    memory.offset((int) a[3], count * 4);
    int[] rights = new int[count];
    for (int i = 0; i < count; i++) {
      rights[i] = memory.getInt((int) a[3] + 4 * i);
    }
    int at = memory.offset((int) a[1], length);
    int sent =
        guest
            .calls()
            .sockets()
            .sendRights(
                fd, memory.array(), at, length, rights, (int) a[5] & SocketCalls.MSG_DONTWAIT);
    memory.putInt((int) a[6], sent);
  }

  /**
   * {@code fd_recvmsg_rights(socket, data: *u8, cap, rights: *u32, cap, flags, received: *u32,
   * rights: *u32, out_flags: *u32)}: recvmsg(2). Out flags: bit 0 the payload was cut, bit 1
   * descriptors were dropped, and from bit 2 on the length of the message.
   */
  static void fdRecvmsgRights(GuestContext guest, GuestMemory memory, long[] a) {
    for (int i = 6; i < 9; i++) {
      memory.offset((int) a[i], 4);
    }
    int fd = guest.descriptor((int) a[0]);
    int length = length(memory, (int) a[1], (int) a[2]);
    int capacity = (int) a[4];
    if (capacity < 0) {
      throw EFAULT.exception();
    }
    capacity = Math.min(capacity, MAX_RIGHTS);
    memory.offset((int) a[3], capacity * 4);
    int at = memory.offset((int) a[1], length);
    SocketCalls.Received message =
        guest
            .calls()
            .sockets()
            .recvRights(fd, memory.array(), at, length, capacity, (int) a[5] & RECEIVE_FLAGS);
    int[] rights = message.rights();
    for (int i = 0; i < rights.length; i++) {
      guest.rights().forget(rights[i]);
      memory.putInt((int) a[3] + 4 * i, rights[i]);
    }
    int received = Math.min(message.length(), length);
    int flags = message.length() << LENGTH_SHIFT;
    flags |= message.length() > length ? PAYLOAD_CUT : 0;
    flags |= message.rightsDropped() ? RIGHTS_CUT : 0;
    memory.putInt((int) a[6], received);
    memory.putInt((int) a[7], rights.length);
    memory.putInt((int) a[8], flags);
  }

  /** The length of a buffer that was checked, cut to what one call moves. */
  static int length(GuestMemory memory, int address, int length) {
    memory.offset(address, length);
    return Math.min(length, IoVectors.MAX_BYTES);
  }
}
