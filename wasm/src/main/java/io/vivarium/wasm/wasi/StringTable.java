package io.vivarium.wasm.wasi;

import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.wasm.engine.GuestMemory;
import java.util.List;

/**
 * Arguments or environment as a guest fetches them: it asks for the number of strings and the bytes
 * they take with their NULs, makes room, and has an array of pointers and the strings written
 * there.
 *
 * <p>Source: WASI preview 1, {@code args_get} and {@code environ_get}; ABI section 4.
 */
public final class StringTable {
  private final byte[] bytes;
  private final int[] starts;

  /** A table of these strings, in order. */
  public StringTable(List<String> strings) {
    starts = new int[strings.size()];
    byte[][] encoded = new byte[strings.size()][];
    int size = 0;
    for (int i = 0; i < encoded.length; i++) {
      encoded[i] = ByteStrings.encode(strings.get(i));
      starts[i] = size;
      size += encoded[i].length + 1;
    }
    bytes = new byte[size];
    for (int i = 0; i < encoded.length; i++) {
      System.arraycopy(encoded[i], 0, bytes, starts[i], encoded[i].length);
    }
  }

  /** Writes how many strings there are and how many bytes they take. */
  public void writeSizes(GuestMemory memory, int countAddress, int sizeAddress) {
    memory.offset(countAddress, 4);
    memory.offset(sizeAddress, 4);
    memory.putInt(countAddress, starts.length);
    memory.putInt(sizeAddress, bytes.length);
  }

  /** Writes the array of pointers and the strings. */
  public void write(GuestMemory memory, int pointers, int strings) {
    memory.offset(pointers, Math.multiplyExact(starts.length, 4));
    memory.offset(strings, bytes.length);
    for (int i = 0; i < starts.length; i++) {
      memory.putInt(pointers + 4 * i, strings + starts[i]);
    }
    memory.copyIn(strings, bytes, 0, bytes.length);
  }
}
