package io.vivarium.node.channel;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * futex(2) on words that two processes share: sleeping until another one changes a word. Needs
 * Linux on x86_64 or aarch64. Thread-safe.
 */
public final class Futex {
  private static final int FUTEX_WAIT = 0;
  private static final int FUTEX_WAKE = 1;
  private static final long NANOS = 1_000_000_000L;

  private static final long NUMBER = number();
  private static final @Nullable MethodHandle CALL = NUMBER < 0 ? null : handle();

  private Futex() {}

  /** Whether this system has it. */
  public static boolean isAvailable() {
    return CALL != null;
  }

  /**
   * Sleeps while a word has a value. May return early for no reason.
   *
   * @param word an int in memory that is shared
   * @param value the value; when the word has another one already, this returns at once
   * @param nanoseconds longest time to sleep, at least 0
   */
  public static void await(MemorySegment word, int value, long nanoseconds) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment time = arena.allocate(2 * ValueLayout.JAVA_LONG.byteSize(), Long.BYTES);
      time.set(ValueLayout.JAVA_LONG, 0, nanoseconds / NANOS);
      time.set(ValueLayout.JAVA_LONG, Long.BYTES, nanoseconds % NANOS);
      call(word, FUTEX_WAIT, value, time);
    }
  }

  /** Wakes whoever sleeps on a word. */
  public static void wake(MemorySegment word) {
    call(word, FUTEX_WAKE, Integer.MAX_VALUE, MemorySegment.NULL);
  }

  private static void call(MemorySegment word, int operation, int value, MemorySegment time) {
    MethodHandle call = CALL;
    if (call == null) {
      throw new UnsupportedOperationException("There is no futex(2) on this system");
    }
    try {
      // What it answers does not matter: whoever waits looks at the word again.
      var _ = (long) call.invokeExact(NUMBER, word, (long) operation, (long) value, time);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static long number() {
    if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("linux")) {
      return -1;
    }
    return switch (System.getProperty("os.arch", "")) {
      case "amd64", "x86_64" -> 202;
      case "aarch64" -> 98;
      default -> -1;
    };
  }

  @SuppressWarnings("restricted") // there is no other way to this system call
  private static MethodHandle handle() {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow("syscall"),
        FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG,
            ValueLayout.ADDRESS),
        Linker.Option.firstVariadicArg(1));
  }
}
