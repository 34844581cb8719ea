package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.EAFNOSUPPORT;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EISCONN;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOTSOCK;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.net.SocketDescription;
import io.vivarium.kernel.syscall.SocketCalls;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.WasiErrno;
import io.vivarium.wasm.wasi.WasiFileType;

/**
 * Sockets as far as they exist: pairs made by {@code fd_socketpair}. There is no network: making a
 * socket answers EAFNOSUPPORT, as on a Linux without the protocol, and what would need an address
 * is refused after the descriptor was checked (EBADF, ENOTSOCK).
 *
 * <p>Source: ABI section 8.
 */
final class NetFunctions {
  private static final int SOL_SOCKET = 1;
  private static final int SOL_SOCKET_BSD = 0x7fff_ffff;
  private static final int SO_TYPE = 3;
  private static final int SO_ERROR = 4;
  private static final int SO_RCVTIMEO = 20;
  private static final int SO_RCVTIMEO_NEW = 66;

  /** Most bytes of the value of a socket option. */
  private static final int MAX_OPTION = 64;

  /** Most bytes of a host name or service. */
  private static final int MAX_NAME = 4096;

  /** Most bytes of one datagram to an address. */
  private static final int SENDTO_MAX = 64 << 10;

  private NetFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .errno("net_socket", NetFunctions::netSocket, I32, I32, I32, I32)
        .errno("net_set_nonblock", NetFunctions::netSetNonblock, I32, I32)
        .errno("net_connect", NetFunctions::netConnect, I32, I32, I32)
        .errno("net_bind", NetFunctions::netBind, I32, I32, I32)
        .errno("net_listen", NetFunctions::netListen, I32, I32)
        .errno("net_accept", NetFunctions::netAccept, I32, I32, I32, I32)
        .errno("net_validate_socket", NetFunctions::netValidateSocket, I32)
        .errno("net_validate_accept", NetFunctions::netValidateAccept, I32)
        .errno("net_getsockname", NetFunctions::netGetName, I32, I32, I32)
        .errno("net_getpeername", NetFunctions::netGetName, I32, I32, I32)
        .errno("net_send", NetFunctions::netSend, I32, I32, I32, I32, I32)
        .errno("net_recv", NetFunctions::netRecv, I32, I32, I32, I32, I32)
        .errno("net_sendto", NetFunctions::netSendto, I32, I32, I32, I32, I32, I32, I32)
        .errno("net_recvfrom", NetFunctions::netRecvfrom, I32, I32, I32, I32, I32, I32, I32)
        .errno("net_setsockopt", NetFunctions::netSetsockopt, I32, I32, I32, I32, I32)
        .errno("net_getsockopt", NetFunctions::netGetsockopt, I32, I32, I32, I32, I32)
        .errno("net_getaddrinfo", NetFunctions::netGetaddrinfo, I32, I32, I32, I32, I32, I32, I32)
        .errno(
            "net_dns_query_rr_v1",
            NetFunctions::netDnsQuery,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32,
            I32)
        .errno("net_tls_connect", NetFunctions::netTlsConnect, I32, I32, I32)
        .errno("net_close", NetFunctions::netClose, I32);
  }

  /** {@code net_socket(domain, type, protocol, fd: *u32)}: EAFNOSUPPORT. */
  static void netSocket(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], 4);
    throw EAFNOSUPPORT.exception();
  }

  /** {@code net_set_nonblock(fd, flag)}: O_NONBLOCK of a socket. */
  static void netSetNonblock(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = socket(guest, a);
    int flags = guest.calls().descriptors().flags(fd) & ~OpenFlags.O_NONBLOCK;
    int blocking = (int) a[1] != 0 ? OpenFlags.O_NONBLOCK : 0;
    guest.calls().descriptors().setFlags(fd, flags | blocking);
  }

  /** {@code net_connect(fd, address, len)}: EISCONN for one of a pair. */
  static void netConnect(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], (int) a[2]);
    socket(guest, a);
    throw EISCONN.exception();
  }

  /** {@code net_bind(fd, address, len)}: EINVAL for one of a pair. */
  static void netBind(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], (int) a[2]);
    socket(guest, a);
    throw EINVAL.exception();
  }

  /** {@code net_listen(fd, backlog)}: EINVAL for one of a pair. */
  static void netListen(GuestContext guest, GuestMemory memory, long[] a) {
    socket(guest, a);
    throw EINVAL.exception();
  }

  /** {@code net_accept(fd, accepted: *u32, address: *u8, len: *u32)}: EINVAL for one of a pair. */
  static void netAccept(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    checkAddress(memory, (int) a[2], (int) a[3]);
    socket(guest, a);
    throw EINVAL.exception();
  }

  /** {@code net_validate_socket(fd)}: EBADF, ENOTSOCK or success. */
  static void netValidateSocket(GuestContext guest, GuestMemory memory, long[] a) {
    socket(guest, a);
  }

  /** {@code net_validate_accept(fd)}: EINVAL for a socket that does not listen. */
  static void netValidateAccept(GuestContext guest, GuestMemory memory, long[] a) {
    socket(guest, a);
    throw EINVAL.exception();
  }

  /**
   * {@code net_getsockname(fd, address: *u8, len: *u32)}, {@code net_getpeername}: both ends of a
   * pair are {@code unix-unnamed}. The length is the capacity on the way in.
   */
  static void netGetName(GuestContext guest, GuestMemory memory, long[] a) {
    checkAddress(memory, (int) a[1], (int) a[2]);
    socket(guest, a);
    writeUnnamed(memory, (int) a[1], (int) a[2]);
  }

  private static void checkAddress(GuestMemory memory, int address, int length) {
    memory.offset(address, memory.getInt(length));
  }

  private static void writeUnnamed(GuestMemory memory, int address, int length) {
    byte[] name = "unix-unnamed".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    int capacity = memory.getInt(length);
    int part = (int) Math.min(name.length, capacity & 0xffff_ffffL);
    memory.copyIn(address, name, 0, part);
    memory.putInt(length, part);
  }

  /**
   * {@code net_send(fd, data, len, flags, sent: *u32)}: send(2). Of the flags DONTWAIT counts.
   * ENOTSOCK, EPIPE with SIGPIPE, EAGAIN, EINTR, EMSGSIZE.
   */
  static void netSend(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], 4);
    memory.putInt((int) a[4], send(guest, memory, a));
  }

  private static int send(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0]);
    int length = SocketFunctions.length(memory, (int) a[1], (int) a[2]);
    int at = memory.offset((int) a[1], length);
    int flags = (int) a[3] & SocketCalls.MSG_DONTWAIT;
    return guest.calls().sockets().send(fd, memory.array(), at, length, flags);
  }

  /**
   * {@code net_recv(fd, buf: *u8, len, flags, received: *u32)}: recv(2) with PEEK, DONTWAIT,
   * WAITALL and TRUNC, which tells the whole length of a datagram. 0 at the end. ENOTSOCK, EAGAIN,
   * EINTR.
   */
  static void netRecv(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], 4);
    memory.putInt((int) a[4], receive(guest, memory, a));
  }

  private static int receive(GuestContext guest, GuestMemory memory, long[] a) {
    int fd = guest.descriptor((int) a[0]);
    int length = SocketFunctions.length(memory, (int) a[1], (int) a[2]);
    int at = memory.offset((int) a[1], length);
    int flags = (int) a[3] & SocketFunctions.RECEIVE_FLAGS;
    return guest.calls().sockets().recv(fd, memory.array(), at, length, flags);
  }

  /**
   * {@code net_sendto(fd, data, len, flags, address, len, sent: *u32)}: sendto(2). Without an
   * address it sends to the other end of a pair; EISCONN with one. EINVAL for flags, EMSGSIZE
   * beyond 64 KiB.
   */
  static void netSendto(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[6], 4);
    memory.offset((int) a[4], (int) a[5]);
    socket(guest, a);
    if ((int) a[3] != 0 || Integer.compareUnsigned((int) a[2], SENDTO_MAX) > 0) {
      throw EINVAL.exception();
    }
    if ((int) a[5] != 0) {
      throw EISCONN.exception();
    }
    memory.putInt((int) a[6], send(guest, memory, a));
  }

  /**
   * {@code net_recvfrom(fd, buf: *u8, len, flags, received: *u32, address: *u8, len: *u32)}:
   * recvfrom(2); what comes from the other end of a pair is {@code unix-unnamed}.
   */
  static void netRecvfrom(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[4], 4);
    checkAddress(memory, (int) a[5], (int) a[6]);
    memory.putInt((int) a[4], receive(guest, memory, a));
    writeUnnamed(memory, (int) a[5], (int) a[6]);
  }

  /**
   * {@code net_setsockopt(fd, level, name, value, len)}: setsockopt(2) of SOL_SOCKET. ENOPROTOOPT
   * for other levels and names, EINVAL for a value that is too short or longer than any option.
   */
  static void netSetsockopt(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[3], (int) a[4]);
    SocketDescription socket = description(guest, a);
    if (Integer.compareUnsigned((int) a[4], MAX_OPTION) > 0) {
      throw EINVAL.exception();
    }
    byte[] value = memory.copy((int) a[3], (int) a[4]);
    socket.setOption(level((int) a[1]), option((int) a[2]), value);
  }

  /**
   * {@code net_getsockopt(fd, level, name, value: *u8, len: *u32)}: getsockopt(2) of SOL_SOCKET;
   * the value is cut to the capacity, which is the length on the way in. SO_ERROR takes the error
   * away.
   */
  static void netGetsockopt(GuestContext guest, GuestMemory memory, long[] a) {
    int capacity = memory.getInt((int) a[4]);
    memory.offset((int) a[3], capacity);
    SocketDescription socket = description(guest, a);
    int option = option((int) a[2]);
    byte[] value = socket.option(level((int) a[1]), option);
    if (option == SO_TYPE) {
      value[0] = (byte) WasiFileType.of(socket);
    } else if (option == SO_ERROR && value[0] != 0) {
      value[0] = (byte) WasiErrno.ofLinux(value[0] & 0xff);
    }
    int length = (int) Math.min(value.length, capacity & 0xffff_ffffL);
    memory.copyIn((int) a[3], value, 0, length);
    memory.putInt((int) a[4], length);
  }

  private static int level(int level) {
    return level == SOL_SOCKET_BSD ? SOL_SOCKET : level;
  }

  private static int option(int name) {
    return name == SO_RCVTIMEO_NEW ? SO_RCVTIMEO : name;
  }

  /**
   * {@code net_getaddrinfo(host, len, service, len, family, out: *u8, len: *u32)}: ENOENT, there
   * are no names.
   */
  static void netGetaddrinfo(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[0], (int) a[1]);
    memory.offset((int) a[2], (int) a[3]);
    memory.offset((int) a[6], 4);
    memory.offset((int) a[5], memory.getInt((int) a[6]));
    throw ENOENT.exception();
  }

  /**
   * {@code net_dns_query_rr_v1(name, len, type, out: *u8, cap, len: *u32, ttl: *u32, flags: *u32)}:
   * no such name (flags 2) with an empty answer.
   */
  static void netDnsQuery(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[0], (int) a[1]);
    memory.offset((int) a[3], (int) a[4]);
    for (int i = 5; i < 8; i++) {
      memory.offset((int) a[i], 4);
    }
    if (Integer.compareUnsigned((int) a[1], MAX_NAME) > 0) {
      throw EINVAL.exception();
    }
    memory.putInt((int) a[5], 0);
    memory.putInt((int) a[6], 0);
    memory.putInt((int) a[7], 2);
  }

  /** {@code net_tls_connect(fd, host, len)}: EOPNOTSUPP. */
  static void netTlsConnect(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], (int) a[2]);
    socket(guest, a);
    throw EOPNOTSUPP.exception();
  }

  /** {@code net_close(fd)}: close(2). */
  static void netClose(GuestContext guest, GuestMemory memory, long[] a) {
    guest.close((int) a[0]);
  }

  /** The descriptor of the first argument, which has to be a socket. */
  private static int socket(GuestContext guest, long[] a) {
    description(guest, a);
    return (int) a[0];
  }

  private static SocketDescription description(GuestContext guest, long[] a) {
    FileDescription file = guest.calls().descriptors().description(guest.descriptor((int) a[0]));
    if (file instanceof SocketDescription socket) {
      return socket;
    }
    throw ENOTSOCK.exception();
  }
}
