package io.vivarium.kernel.fs.oracle;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.vivarium.kernel.errno.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * System calls of the host through its C library. Results of -1 become the errno as an exception.
 */
final class LibC {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private static final Map<Integer, Errno> ERRNOS = errnos();
  private static final Map<String, MethodHandle> HANDLES = new ConcurrentHashMap<>();
  private static final int AT_FDCWD = -100;
  private static final int AT_SYMLINK_NOFOLLOW = 0x100;
  private static final int STATX_BASIC = 0x7ff;

  private LibC() {}

  /**
   * What statx(2) tells.
   *
   * @param mode type and permissions
   * @param links hard links
   * @param ino inode number
   * @param size bytes
   */
  record Status(int mode, int links, long ino, long size) {
    boolean isDirectory() {
      return (mode & 0170000) == 0040000;
    }
  }

  /** Calls a function; arguments are Integer, Long, String or MemorySegment. */
  static long call(String function, Object... arguments) {
    try (Arena arena = Arena.ofConfined()) {
      Object[] values = new Object[arguments.length + 1];
      MemoryLayout[] layouts = new MemoryLayout[arguments.length];
      MemorySegment state = arena.allocate(STATE);
      values[0] = state;
      for (int i = 0; i < arguments.length; i++) {
        values[i + 1] =
            arguments[i] instanceof String text ? arena.allocateFrom(text) : arguments[i];
        layouts[i] = layout(values[i + 1]);
      }
      long result = (long) handle(function, layouts).invokeWithArguments(values);
      if (result == -1) {
        int number = (int) ERRNO.get(state, 0L);
        Errno errno = ERRNOS.get(number);
        if (errno == null) {
          throw new AssertionError(function + " failed with unknown errno " + number);
        }
        throw errno.exception();
      }
      return result;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static MemoryLayout layout(Object value) {
    return switch (value) {
      case Integer i -> JAVA_INT;
      case Long l -> JAVA_LONG;
      case MemorySegment s -> ADDRESS;
      default -> throw new IllegalArgumentException(value.toString());
    };
  }

  @SuppressWarnings("restricted") // a foreign function is what is wanted
  private static MethodHandle handle(String function, MemoryLayout[] arguments) {
    return HANDLES.computeIfAbsent(
        function + Arrays.toString(arguments),
        key -> {
          boolean wide =
              function.contains("xattr") || function.startsWith("p") || function.equals("write");
          ValueLayout result = wide ? JAVA_LONG : JAVA_INT;
          if (function.startsWith("lset") || function.startsWith("lremove")) {
            result = JAVA_INT;
          }
          MethodHandle handle =
              LINKER.downcallHandle(
                  LINKER.defaultLookup().findOrThrow(function),
                  FunctionDescriptor.of(result, arguments),
                  Linker.Option.captureCallState("errno"));
          return handle.asType(handle.type().changeReturnType(long.class));
        });
  }

  static Status statx(String path, boolean follow) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment statx = arena.allocate(256, 8);
      call("statx", AT_FDCWD, path, follow ? 0 : AT_SYMLINK_NOFOLLOW, STATX_BASIC, statx);
      return new Status(
          statx.get(JAVA_SHORT, 28) & 0xffff,
          statx.get(JAVA_INT, 16),
          statx.get(JAVA_LONG, 32),
          statx.get(JAVA_LONG, 40));
    }
  }

  static List<String> listXattrs(String path) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment names = arena.allocate(64 * 1024);
      long length = call("llistxattr", path, names, names.byteSize());
      byte[] bytes = names.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
      String all = new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
      return all.isEmpty() ? List.of() : List.of(all.split("\0", 0));
    }
  }

  static byte[] getXattr(String path, String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(64 * 1024);
      long length = call("lgetxattr", path, name, value, value.byteSize());
      return value.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
    }
  }

  private static Map<Integer, Errno> errnos() {
    Map<Integer, Errno> errnos = new TreeMap<>();
    for (Errno errno : Errno.values()) {
      errnos.put(errno.number(), errno);
    }
    return errnos;
  }
}
