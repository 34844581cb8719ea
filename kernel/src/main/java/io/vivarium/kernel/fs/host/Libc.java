package io.vivarium.kernel.fs.host;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

/**
 * The functions of the host's C library that {@link HostCalls} calls, as constants, so that the
 * just-in-time compiler turns each into a plain native call.
 *
 * <p>Calls younger than the oldest C libraries around go through syscall(2) by number. Only Linux
 * may initialize this class. Every handle takes the segment that receives errno first.
 */
final class Libc {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

  /** Where in the captured state errno is. */
  static final long ERRNO_OFFSET =
      Linker.Option.captureStateLayout().byteOffset(PathElement.groupElement("errno"));

  /** int openat(int directory, const char *path, int flags, mode_t mode). */
  static final MethodHandle OPENAT =
      link(
          "openat",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(3));

  static final MethodHandle CLOSE = function("close", JAVA_INT, JAVA_INT);
  static final MethodHandle MKDIRAT = function("mkdirat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle UNLINKAT = function("unlinkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle SYMLINKAT = function("symlinkat", JAVA_INT, ADDRESS, JAVA_INT, ADDRESS);
  static final MethodHandle READLINKAT =
      function("readlinkat", JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle LINKAT =
      function("linkat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle CHMOD = function("chmod", JAVA_INT, ADDRESS, JAVA_INT);
  static final MethodHandle FCHOWNAT =
      function("fchownat", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
  static final MethodHandle UTIMENSAT =
      function("utimensat", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
  static final MethodHandle PREAD =
      function("pread", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  static final MethodHandle PWRITE =
      function("pwrite", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_LONG);
  static final MethodHandle LSEEK = function("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  static final MethodHandle FTRUNCATE = function("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
  static final MethodHandle FALLOCATE =
      function("fallocate", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  static final MethodHandle FSYNC = function("fsync", JAVA_INT, JAVA_INT);
  static final MethodHandle FSTATFS = function("fstatfs", JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle GETRLIMIT = function("getrlimit", JAVA_INT, JAVA_INT, ADDRESS);
  static final MethodHandle GETXATTR =
      function("getxattr", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle LISTXATTR =
      function("listxattr", JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG);
  static final MethodHandle SETXATTR =
      function("setxattr", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
  static final MethodHandle REMOVEXATTR = function("removexattr", JAVA_INT, ADDRESS, ADDRESS);

  /** int statx(int directory, const char *path, int flags, unsigned mask, struct statx *out). */
  static final MethodHandle STATX =
      systemCall(LinuxAbi.SYS_STATX, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);

  /** int renameat2(int from, const char *old, int to, const char *new, unsigned flags). */
  static final MethodHandle RENAMEAT2 =
      systemCall(LinuxAbi.SYS_RENAMEAT2, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);

  /** ssize_t getdents64(int fd, void *buffer, size_t length). */
  static final MethodHandle GETDENTS64 =
      systemCall(LinuxAbi.SYS_GETDENTS64, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);

  /** ssize_t pwritev2(int fd, const iovec *, int count, long low, long high, int flags). */
  static final MethodHandle PWRITEV2 =
      systemCall(
          LinuxAbi.SYS_PWRITEV2,
          JAVA_LONG,
          JAVA_INT,
          ADDRESS,
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT);

  private Libc() {}

  private static MethodHandle function(
      String name, ValueLayout result, MemoryLayout... parameters) {
    return link(name, FunctionDescriptor.of(result, parameters), ERRNO);
  }

  /** A call through syscall(2), whose result is a long and whose first argument is the number. */
  private static MethodHandle systemCall(
      long number, ValueLayout result, MemoryLayout... parameters) {
    FunctionDescriptor descriptor =
        FunctionDescriptor.of(result, parameters).insertArgumentLayouts(0, JAVA_LONG);
    MethodHandle handle = link("syscall", descriptor, ERRNO, Linker.Option.firstVariadicArg(1));
    return MethodHandles.insertArguments(handle, 1, number);
  }

  @SuppressWarnings("restricted") // calling native code is what this class is for
  private static MethodHandle link(
      String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return LINKER.downcallHandle(SYMBOLS.findOrThrow(name), descriptor, options);
  }
}
