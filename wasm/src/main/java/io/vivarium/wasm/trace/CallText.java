package io.vivarium.wasm.trace;

import io.vivarium.kernel.process.Signal;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.engine.MemoryFault;
import java.util.function.IntConsumer;

/**
 * The line of one call. What the guest passes is read before the call, what it gets after it; an
 * address that leads nowhere is shown as it is, as are those of a call that failed.
 */
final class CallText {
  /** Longest line without prefix, characters; the rest is cut. */
  private static final int MAX_LINE = 4_000;

  /** Most elements of a list that are shown. */
  private static final int MAX_ELEMENTS = 16;

  /** The root directory of programs made for the machine, which is no descriptor. */
  private static final int ROOT = 0x4000_0003;

  private final CallDescription description;
  private final GuestMemory memory;
  private final long[] arguments;
  private final String[] shown;

  CallText(CallDescription description, GuestMemory memory, long[] arguments) {
    this.description = description;
    this.memory = memory;
    this.arguments = arguments;
    this.shown = new String[description.kinds().size()];
    int at = 0;
    for (int i = 0; i < shown.length; i++) {
      Kind kind = description.kinds().get(i);
      shown[i] = kind.isOutput() ? raw(kind, at) : input(kind, at);
      at += kind.width();
    }
  }

  /**
   * The line.
   *
   * @param hasOutput whether the guest was given something
   * @param result what follows the equals sign
   */
  String line(boolean hasOutput, String result) {
    if (hasOutput) {
      showOutput();
    }
    String call = description.name() + "(" + String.join(", ", shown) + ")";
    return (call.length() > MAX_LINE ? call.substring(0, MAX_LINE) + "...)" : call)
        + " = "
        + result;
  }

  private void showOutput() {
    int count = Integer.MAX_VALUE;
    int at = 0;
    for (Kind kind : description.kinds()) {
      if (kind == Kind.COUNT && contains(number(at), 4)) {
        count = memory.getInt(number(at));
      }
      at += kind.width();
    }
    at = 0;
    for (int i = 0; i < shown.length; i++) {
      Kind kind = description.kinds().get(i);
      if (kind.isOutput()) {
        shown[i] = output(kind, at, count);
      }
      at += kind.width();
    }
  }

  private int number(int at) {
    return (int) arguments[at];
  }

  private boolean contains(int address, int length) {
    return length >= 0 && memory.contains(address, length);
  }

  private static String address(int address) {
    return address == 0 ? "NULL" : "0x" + Integer.toHexString(address);
  }

  private static String hex(long value) {
    return value == 0 ? "0" : "0x" + Long.toHexString(value);
  }

  private String raw(Kind kind, int at) {
    return kind.width() == 1
        ? address(number(at))
        : address(number(at)) + ", " + Integer.toUnsignedString(number(at + 1));
  }

  // ---- before the call -------------------------------------------------------------------------

  private String input(Kind kind, int at) {
    int value = number(at);
    return switch (kind) {
      case I32 -> Integer.toString(value);
      case FD -> value == ROOT ? "ROOT" : Integer.toString(value);
      case DIRFD ->
          value == -1 || value == -2
              ? "AT_FDCWD"
              : value == ROOT ? "ROOT" : Integer.toString(value);
      case U32 -> Integer.toUnsignedString(value);
      case HEX -> hex(Integer.toUnsignedLong(value));
      case OCT -> value == 0 ? "0" : "0" + Integer.toOctalString(value);
      case I64 -> Long.toString(arguments[at]);
      case U64 -> Long.toUnsignedString(arguments[at]);
      case LOOKUP -> FlagNames.set(FlagNames.LOOKUP, Integer.toUnsignedLong(value));
      case OFLAGS -> FlagNames.set(FlagNames.OFLAGS, Integer.toUnsignedLong(value));
      case FDFLAGS -> FlagNames.set(FlagNames.FDFLAGS, Integer.toUnsignedLong(value));
      case FSTFLAGS -> FlagNames.set(FlagNames.FSTFLAGS, Integer.toUnsignedLong(value));
      case WAITFLAGS -> FlagNames.set(FlagNames.WAIT, Integer.toUnsignedLong(value));
      case ACCESS ->
          value == 0 ? "F_OK" : FlagNames.set(FlagNames.ACCESS, Integer.toUnsignedLong(value));
      case RIGHTS -> rights(arguments[at]);
      case WHENCE -> FlagNames.one(FlagNames.WHENCE, value);
      case CLOCK -> FlagNames.one(FlagNames.CLOCK, value);
      case SIGHOW -> FlagNames.one(FlagNames.SIGHOW, value);
      case DISPOSITION -> FlagNames.one(FlagNames.DISPOSITION, value);
      case SIGNAL -> Signal.isValid(value) ? "SIG" + Signal.name(value) : Integer.toString(value);
      case PTR -> address(value);
      default -> pointed(kind, at);
    };
  }

  private static String rights(long rights) {
    return Long.bitCount(rights) > FlagNames.RIGHTS.size()
        ? hex(rights)
        : FlagNames.set(FlagNames.RIGHTS, rights);
  }

  /** What an address and a length stand for. */
  private String pointed(Kind kind, int at) {
    try {
      int address = number(at);
      int length = number(at + 1);
      StringBuilder out = new StringBuilder();
      switch (kind) {
        case PATH -> quote(out, address, length, Quoted.LONG);
        case TEXT -> quote(out, address, length, Quoted.SHORT);
        case DATA -> {
          quote(out, address, length, Quoted.SHORT);
          out.append(", ").append(length);
        }
        case STRINGS -> strings(out, address, length);
        case ENVIRON -> environment(out, address, length);
        case CIOVECS -> buffers(out, address, length, Integer.MAX_VALUE);
        case WORDS -> words(out, address, length);
        default -> out.append(raw(kind, at));
      }
      return out.toString();
    } catch (MemoryFault e) {
      return raw(kind, at);
    }
  }

  private void quote(StringBuilder out, int address, int length, int limit) {
    memory.offset(address, length);
    Quoted.append(out, memory, address, length, limit);
  }

  private void strings(StringBuilder out, int address, int length) {
    memory.offset(address, length);
    out.append('[');
    int start = 0;
    int count = 0;
    for (int i = 0; i < length; i++) {
      boolean ends = memory.getByte(address + i) == 0;
      if (!ends && i < length - 1) {
        continue;
      }
      if (count == MAX_ELEMENTS) {
        out.append(", ...");
        break;
      }
      out.append(count == 0 ? "" : ", ");
      int end = ends ? i : i + 1;
      Quoted.append(out, memory, address + start, end - start, Quoted.SHORT);
      start = i + 1;
      count++;
    }
    out.append(']');
  }

  private void environment(StringBuilder out, int address, int length) {
    memory.offset(address, length);
    int count = 0;
    for (int i = 0; i < length; i++) {
      count += memory.getByte(address + i) == 0 || i == length - 1 ? 1 : 0;
    }
    out.append(address(address)).append(" /* ").append(count).append(" vars */");
  }

  private void words(StringBuilder out, int address, int count) {
    list(out, address, count, 4, at -> out.append(memory.getInt(at)));
  }

  /** Shows what is in buffers, at most so many bytes taken together. */
  private void buffers(StringBuilder out, int address, int count, int total) {
    int[] left = {total};
    list(
        out,
        address,
        count,
        8,
        at -> {
          int base = memory.getInt(at);
          int length = memory.getInt(at + 4);
          int used = Math.min(length, left[0]);
          out.append("{iov_base=");
          if (contains(base, used) && length >= 0) {
            Quoted.append(out, memory, base, used, Quoted.SHORT);
            left[0] -= used;
          } else {
            out.append(address(base));
          }
          out.append(", iov_len=").append(Integer.toUnsignedString(length)).append('}');
        });
  }

  private void list(StringBuilder out, int address, int count, int size, IntConsumer element) {
    int some = count < 0 ? MAX_ELEMENTS : Math.min(count, MAX_ELEMENTS);
    memory.offset(address, some * size);
    out.append('[');
    for (int i = 0; i < some; i++) {
      out.append(i == 0 ? "" : ", ");
      element.accept(address + i * size);
    }
    out.append(some == count ? "" : ", ...").append("], ").append(Integer.toUnsignedString(count));
  }

  // ---- after the call --------------------------------------------------------------------------

  private String output(Kind kind, int at, int count) {
    try {
      int address = number(at);
      StringBuilder out = new StringBuilder();
      switch (kind) {
        case OUT_U16 -> out.append('[').append(memory.getShort(address) & 0xffff).append(']');
        case COUNT, OUT_U32 ->
            out.append('[').append(Integer.toUnsignedString(memory.getInt(address))).append(']');
        case OUT_FD -> out.append('[').append(memory.getInt(address)).append(']');
        case OUT_HEX ->
            out.append('[').append(hex(Integer.toUnsignedLong(memory.getInt(address)))).append(']');
        case OUT_U64 ->
            out.append('[').append(Long.toUnsignedString(memory.getLong(address))).append(']');
        case BUFFER -> {
          int capacity = number(at + 1);
          int used = count < 0 || count > capacity ? capacity : count;
          quote(out, address, used, Quoted.SHORT);
          out.append(", ").append(Integer.toUnsignedString(capacity));
        }
        case IOVECS -> buffers(out, address, number(at + 1), count);
        case POLLFDS -> list(out, address, number(at + 1), 8, entry -> pollfd(out, entry));
        case FDSTAT -> fdstat(out, address);
        case FILESTAT -> filestat(out, address, 16, 32);
        case FILESTAT_OLD -> filestat(out, address, 16, 24);
        case PRESTAT -> out.append("{pr_name_len=").append(memory.getInt(address + 4)).append('}');
        default -> out.append(raw(kind, at));
      }
      return out.toString();
    } catch (MemoryFault e) {
      return raw(kind, at);
    }
  }

  private void pollfd(StringBuilder out, int at) {
    out.append("{fd=").append(memory.getInt(at));
    out.append(", events=").append(poll(memory.getShort(at + 4)));
    out.append(", revents=").append(poll(memory.getShort(at + 6))).append('}');
  }

  private static String poll(int bits) {
    return FlagNames.set(FlagNames.POLL, bits & 0xffff);
  }

  private void fdstat(StringBuilder out, int at) {
    out.append("{fs_filetype=").append(FlagNames.one(FlagNames.TYPES, memory.getByte(at) & 0xff));
    out.append(", fs_flags=");
    out.append(FlagNames.set(FlagNames.FDFLAGS, memory.getShort(at + 2) & 0xffff));
    out.append(", ...}");
  }

  private void filestat(StringBuilder out, int address, int type, int size) {
    out.append("{st_ino=").append(Long.toUnsignedString(memory.getLong(address + 8)));
    out.append(", st_mode=");
    out.append(FlagNames.one(FlagNames.TYPES, memory.getByte(address + type) & 0xff));
    out.append(", st_size=").append(Long.toUnsignedString(memory.getLong(address + size)));
    out.append(", ...}");
  }
}
