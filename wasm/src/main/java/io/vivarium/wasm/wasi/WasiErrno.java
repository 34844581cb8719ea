package io.vivarium.wasm.wasi;

import io.vivarium.kernel.errno.Errno;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Error numbers as guests know them: WASI preview 1 numbering, plus 78 for ENODATA, which preview 1
 * lacks and the guests' libc has. libc stores what a call returns into {@code errno} as it is.
 *
 * <p>Source: WASI preview 1, type {@code errno}.
 */
public final class WasiErrno {
  public static final int SUCCESS = 0;
  public static final int TOOBIG = 1;
  public static final int ACCES = 2;
  public static final int ADDRINUSE = 3;
  public static final int ADDRNOTAVAIL = 4;
  public static final int AFNOSUPPORT = 5;
  public static final int AGAIN = 6;
  public static final int ALREADY = 7;
  public static final int BADF = 8;
  public static final int BADMSG = 9;
  public static final int BUSY = 10;
  public static final int CANCELED = 11;
  public static final int CHILD = 12;
  public static final int CONNABORTED = 13;
  public static final int CONNREFUSED = 14;
  public static final int CONNRESET = 15;
  public static final int DEADLK = 16;
  public static final int DESTADDRREQ = 17;
  public static final int DOM = 18;
  public static final int DQUOT = 19;
  public static final int EXIST = 20;
  public static final int FAULT = 21;
  public static final int FBIG = 22;
  public static final int HOSTUNREACH = 23;
  public static final int IDRM = 24;
  public static final int ILSEQ = 25;
  public static final int INPROGRESS = 26;
  public static final int INTR = 27;
  public static final int INVAL = 28;
  public static final int IO = 29;
  public static final int ISCONN = 30;
  public static final int ISDIR = 31;
  public static final int LOOP = 32;
  public static final int MFILE = 33;
  public static final int MLINK = 34;
  public static final int MSGSIZE = 35;
  public static final int MULTIHOP = 36;
  public static final int NAMETOOLONG = 37;
  public static final int NETDOWN = 38;
  public static final int NETRESET = 39;
  public static final int NETUNREACH = 40;
  public static final int NFILE = 41;
  public static final int NOBUFS = 42;
  public static final int NODEV = 43;
  public static final int NOENT = 44;
  public static final int NOEXEC = 45;
  public static final int NOLCK = 46;
  public static final int NOLINK = 47;
  public static final int NOMEM = 48;
  public static final int NOMSG = 49;
  public static final int NOPROTOOPT = 50;
  public static final int NOSPC = 51;
  public static final int NOSYS = 52;
  public static final int NOTCONN = 53;
  public static final int NOTDIR = 54;
  public static final int NOTEMPTY = 55;
  public static final int NOTRECOVERABLE = 56;
  public static final int NOTSOCK = 57;
  public static final int NOTSUP = 58;
  public static final int NOTTY = 59;
  public static final int NXIO = 60;
  public static final int OVERFLOW = 61;
  public static final int OWNERDEAD = 62;
  public static final int PERM = 63;
  public static final int PIPE = 64;
  public static final int PROTO = 65;
  public static final int PROTONOSUPPORT = 66;
  public static final int PROTOTYPE = 67;
  public static final int RANGE = 68;
  public static final int ROFS = 69;
  public static final int SPIPE = 70;
  public static final int SRCH = 71;
  public static final int STALE = 72;
  public static final int TIMEDOUT = 73;
  public static final int TXTBSY = 74;
  public static final int XDEV = 75;
  public static final int NOTCAPABLE = 76;
  public static final int NODATA = 78;

  private static final Map<Errno, Integer> NUMBERS = table();

  private WasiErrno() {}

  /** The number of a kernel error. */
  public static int of(Errno errno) {
    return Objects.requireNonNull(NUMBERS.get(errno));
  }

  /** The number of a Linux error number; EIO for one that is unknown. */
  public static int ofLinux(int number) {
    for (Errno errno : Errno.values()) {
      if (errno.number() == number) {
        return of(errno);
      }
    }
    return IO;
  }

  private static Map<Errno, Integer> table() {
    Map<Errno, Integer> numbers = new EnumMap<>(Errno.class);
    for (Errno errno : Errno.values()) {
      numbers.put(errno, number(errno));
    }
    return numbers;
  }

  private static int number(Errno errno) {
    return switch (errno) {
      case EPERM -> PERM;
      case ENOENT -> NOENT;
      case ESRCH -> SRCH;
      case EINTR -> INTR;
      case EIO -> IO;
      case ENXIO -> NXIO;
      case E2BIG -> TOOBIG;
      case ENOEXEC -> NOEXEC;
      case EBADF -> BADF;
      case ECHILD -> CHILD;
      case EAGAIN -> AGAIN;
      case ENOMEM -> NOMEM;
      case EACCES -> ACCES;
      case EFAULT -> FAULT;
      case ENOTBLK -> INVAL;
      case EBUSY -> BUSY;
      case EEXIST -> EXIST;
      case EXDEV -> XDEV;
      case ENODEV -> NODEV;
      case ENOTDIR -> NOTDIR;
      case EISDIR -> ISDIR;
      case EINVAL -> INVAL;
      case ENFILE -> NFILE;
      case EMFILE -> MFILE;
      case ENOTTY -> NOTTY;
      case ETXTBSY -> TXTBSY;
      case EFBIG -> FBIG;
      case ENOSPC -> NOSPC;
      case ESPIPE -> SPIPE;
      case EROFS -> ROFS;
      case EMLINK -> MLINK;
      case EPIPE -> PIPE;
      case EDOM -> DOM;
      case ERANGE -> RANGE;
      case EDEADLK -> DEADLK;
      case ENAMETOOLONG -> NAMETOOLONG;
      case ENOLCK -> NOLCK;
      case ENOSYS -> NOSYS;
      case ENOTEMPTY -> NOTEMPTY;
      case ELOOP -> LOOP;
      case ENOMSG -> NOMSG;
      case EIDRM -> IDRM;
      case ENODATA -> NODATA;
      case ENOLINK -> NOLINK;
      case EPROTO -> PROTO;
      case EMULTIHOP -> MULTIHOP;
      case EBADMSG -> BADMSG;
      case EOVERFLOW -> OVERFLOW;
      case EILSEQ -> ILSEQ;
      case ENOTSOCK -> NOTSOCK;
      case EDESTADDRREQ -> DESTADDRREQ;
      case EMSGSIZE -> MSGSIZE;
      case EPROTOTYPE -> PROTOTYPE;
      case ENOPROTOOPT -> NOPROTOOPT;
      case EPROTONOSUPPORT -> PROTONOSUPPORT;
      case EOPNOTSUPP -> NOTSUP;
      case EAFNOSUPPORT -> AFNOSUPPORT;
      case EADDRINUSE -> ADDRINUSE;
      case EADDRNOTAVAIL -> ADDRNOTAVAIL;
      case ENETDOWN -> NETDOWN;
      case ENETUNREACH -> NETUNREACH;
      case ENETRESET -> NETRESET;
      case ECONNABORTED -> CONNABORTED;
      case ECONNRESET -> CONNRESET;
      case ENOBUFS -> NOBUFS;
      case EISCONN -> ISCONN;
      case ENOTCONN -> NOTCONN;
      case ETIMEDOUT -> TIMEDOUT;
      case ECONNREFUSED -> CONNREFUSED;
      case EHOSTUNREACH -> HOSTUNREACH;
      case EALREADY -> ALREADY;
      case EINPROGRESS -> INPROGRESS;
      case ESTALE -> STALE;
      case EDQUOT -> DQUOT;
      case ECANCELED -> CANCELED;
      case EOWNERDEAD -> OWNERDEAD;
      case ENOTRECOVERABLE -> NOTRECOVERABLE;
    };
  }
}
