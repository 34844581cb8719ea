package io.vivarium.wasm.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import run.endive.runtime.WasmInterruptedException;
import run.endive.wasm.WasmEngineException;

/**
 * Says what an exception that ended guest code means. The engine below tells its traps apart by
 * message only; the messages are those of the specification's test suite.
 */
final class Traps {
  private static final Map<String, TrapKind> KINDS =
      Map.ofEntries(
          Map.entry("Trapped on unreachable instruction", TrapKind.UNREACHABLE),
          Map.entry("out of bounds memory access", TrapKind.MEMORY_OUT_OF_BOUNDS),
          Map.entry("out of bounds table access", TrapKind.TABLE_OUT_OF_BOUNDS),
          Map.entry("undefined element", TrapKind.TABLE_OUT_OF_BOUNDS),
          Map.entry("uninitialized element", TrapKind.NULL_FUNCTION),
          Map.entry("null function reference", TrapKind.NULL_FUNCTION),
          Map.entry("indirect call type mismatch", TrapKind.INDIRECT_CALL_TYPE_MISMATCH),
          Map.entry("integer divide by zero", TrapKind.INTEGER_DIVIDE_BY_ZERO),
          Map.entry("integer overflow", TrapKind.INTEGER_OVERFLOW),
          Map.entry("invalid conversion to integer", TrapKind.INVALID_CONVERSION),
          Map.entry("call stack exhausted", TrapKind.STACK_OVERFLOW));

  private Traps() {}

  /**
   * What to throw instead of {@code thrown}, which came out of guest code and is not what a host
   * function threw.
   */
  static RuntimeException translate(Throwable thrown) {
    return switch (thrown) {
      case GuestTrap trap -> trap;
      case GuestInterrupted interrupted -> interrupted;
      case WasmInterruptedException interrupted -> new GuestInterrupted();
      case MemoryFault fault ->
          new GuestTrap(TrapKind.MEMORY_OUT_OF_BOUNDS, "out of bounds memory access");
      case StackOverflowError overflow ->
          new GuestTrap(TrapKind.STACK_OVERFLOW, "call stack exhausted");
      case OutOfMemoryError exhausted ->
          new GuestTrap(TrapKind.HOST_MEMORY_EXHAUSTED, "the host is out of memory");
      case WasmEngineException trap -> new GuestTrap(kind(trap.getMessage()), message(trap));
      default -> new GuestTrap(TrapKind.OTHER, "engine failure: " + thrown, thrown);
    };
  }

  private static TrapKind kind(@Nullable String message) {
    if (message == null) {
      return TrapKind.OTHER;
    }
    TrapKind kind = KINDS.get(message);
    if (kind == null && message.startsWith("uninitialized element")) {
      kind = TrapKind.NULL_FUNCTION;
    }
    return kind == null ? TrapKind.OTHER : kind;
  }

  private static String message(WasmEngineException trap) {
    String message = trap.getMessage();
    return message == null
        ? "trap"
        : message.equals("Trapped on unreachable instruction") ? "unreachable" : message;
  }
}
