package io.vivarium.wasm.attack;

import io.vivarium.kernel.text.ByteStrings;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * A call that a guest makes.
 *
 * @param function its name, as {@link Agent#function} knows it
 * @param arguments a number; a {@link Cell}, which is the address of a result; a {@link Value}; a
 *     string or bytes, which are an address and a length; {@link Bytes}, which are an address
 * @param until the answer that ends everything, {@link Agent#NEVER} for none
 * @param needed whether the rest of the row is only of use when it succeeds
 */
record Call(String function, List<Object> arguments, int until, boolean needed) {
  /** The root directory, as libc knows it. */
  static final int ROOT = 0x4000_0003;

  static final int CREAT = 1;
  static final int DIRECTORY = 2;
  static final int EXCL = 4;
  static final int TRUNC = 8;
  static final int APPEND = 1;
  static final long FD_READ = 2;
  static final long FD_WRITE = 64;

  /** The address of the n-th result, of 8 bytes. */
  record Cell(int number) {
    int address() {
      return Agent.CELLS + 8 * number;
    }
  }

  /** The word that is in the n-th result when the call is made. */
  record Value(int number) {}

  /** The address of bytes. */
  record Bytes(byte[] bytes) {}

  static Call of(String function, Object... arguments) {
    return new Call(function, List.of(arguments), Agent.NEVER, false);
  }

  /** The same call, with which everything ends when it answers so. */
  Call until(int answer) {
    return new Call(function, arguments, answer, needed);
  }

  /** The same call, after which the row begins anew when it fails. */
  Call required() {
    return new Call(function, arguments, until, true);
  }

  /** Opens a file for reading and writing; the descriptor goes to a cell. */
  static Call open(String path, int oflags, int fdflags, int cell) {
    return open(path, oflags, fdflags, FD_READ | FD_WRITE, cell);
  }

  /** Opens a file with some rights; the descriptor goes to a cell. */
  static Call open(String path, int oflags, int fdflags, long rights, int cell) {
    return of("path_open", ROOT, 1, path, oflags, rights, -1L, fdflags, new Cell(cell));
  }

  /** Writes zero bytes; how many goes to cell 1. */
  static Call write(Object fd, int length) {
    return of("fd_write", fd, new Bytes(iovec(length)), 1, new Cell(1));
  }

  /** Writes zero bytes somewhere; how many goes to cell 1. */
  static Call pwrite(Object fd, int length, long position) {
    return of("fd_pwrite", fd, new Bytes(iovec(length)), 1, position, new Cell(1));
  }

  /** Reads up to 256 bytes to the cells from 32 on; how many goes to cell 1. */
  static Call read(Object fd) {
    byte[] iovec = words(new Cell(32).address(), 256);
    return of("fd_read", fd, new Bytes(iovec), 1, new Cell(1));
  }

  static Call close(Object fd) {
    return of("fd_close", fd);
  }

  static Call unlink(String path) {
    return of("path_unlink_file", ROOT, path);
  }

  static Call mkdir(String path) {
    return of("path_create_directory", ROOT, path);
  }

  static Call symlink(String target, String path) {
    return of("path_symlink", target, ROOT, path);
  }

  static Call link(String old, String path) {
    return of("path_link", ROOT, 0, old, ROOT, path);
  }

  static Call rename(String old, String path) {
    return of("path_rename", ROOT, old, ROOT, path);
  }

  static Call exchange(String one, String other) {
    return of("path_renameat2", ROOT, one, ROOT, other, 2);
  }

  /** Attributes of a file, to the cells from 8 on. */
  static Call stat(String path, boolean follow) {
    return of("path_filestat_get", ROOT, follow ? 1 : 0, path, new Cell(8));
  }

  /**
   * Starts a program whose standard streams are empty; its pid goes to cell 2.
   *
   * @param arguments each ends in a zero byte
   * @param environment likewise
   */
  static Call spawn(String path, String arguments, String environment) {
    int none = -1;
    return of("proc_spawn_v2", path, arguments, environment, none, none, none, "", new Cell(2));
  }

  /** Becomes another program. */
  static Call exec(String path, String arguments, String environment) {
    return of("proc_exec", path, arguments, environment, 0, 0);
  }

  /** Zeros of a length: where memory is never written. */
  private static byte[] iovec(int length) {
    return words(Agent.END - length, length);
  }

  /** Words as they are in memory. */
  static byte[] words(int... words) {
    ByteBuffer buffer = ByteBuffer.allocate(4 * words.length).order(ByteOrder.LITTLE_ENDIAN);
    for (int word : words) {
      buffer.putInt(word);
    }
    return buffer.array();
  }

  /** Appends the record of this call, and what it points to. */
  void encode(ByteBuffer records, GuestData data) {
    List<Long> words = new ArrayList<>();
    int indirect = 0;
    for (Object argument : arguments) {
      switch (argument) {
        case Number number -> words.add(number.longValue());
        case Cell cell -> words.add((long) cell.address());
        case Value value -> {
          indirect |= 1 << words.size();
          words.add((long) new Cell(value.number()).address());
        }
        case Bytes bytes -> words.add((long) data.put(bytes.bytes()));
        case byte[] bytes -> range(words, data, bytes);
        case String text -> range(words, data, ByteStrings.encode(text));
        default -> throw new AssertionError(argument);
      }
    }
    int start = records.position();
    records.putInt(Agent.function(function)).putInt(indirect);
    records.putInt(until).putInt(needed ? 1 : 0);
    words.forEach(records::putLong);
    records.position(start + Agent.RECORD);
  }

  private static void range(List<Long> words, GuestData data, byte[] bytes) {
    words.add((long) data.put(bytes));
    words.add((long) bytes.length);
  }
}
