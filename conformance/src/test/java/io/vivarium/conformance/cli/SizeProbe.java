package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.ByteArrayOutputStream;

/**
 * A program of the machine, assembled here: it writes the low bytes of the number of columns and of
 * rows of its terminal, and a newline.
 */
final class SizeProbe {
  private static final int I32 = 0x7f;

  private SizeProbe() {}

  static byte[] assemble() {
    ByteArrayOutputStream module = new ByteArrayOutputStream();
    module.writeBytes(bytes(0, 'a', 's', 'm', 1, 0, 0, 0));
    section(module, 1, types());
    section(module, 2, imports());
    section(module, 3, bytes(1, 0));
    section(module, 5, bytes(1, 0, 1));
    section(module, 7, joined(bytes(2), name("memory"), bytes(2, 0), name("_start"), bytes(0, 2)));
    section(module, 10, joined(bytes(1, program().length), program()));
    section(module, 11, joined(bytes(1, 0, 0x41, 16, 0x0b, vectors().length), vectors()));
    return module.toByteArray();
  }

  private static byte[] types() {
    return bytes(
        3, 0x60, 0, 0, 0x60, 3, I32, I32, I32, 1, I32, 0x60, 4, I32, I32, I32, I32, 1, I32);
  }

  private static byte[] imports() {
    return joined(
        bytes(2),
        name("host_tty"),
        name("get_size"),
        bytes(0, 1),
        name("wasi_snapshot_preview1"),
        name("fd_write"),
        bytes(0, 2));
  }

  /** get_size(0, 0, 2); fd_write(1, 16, 3, 8). */
  private static byte[] program() {
    return bytes(
        0, 0x41, 0, 0x41, 0, 0x41, 2, 0x10, 0, 0x1a, // columns to 0, rows to 2
        0x41, 1, 0x41, 16, 0x41, 3, 0x41, 8, 0x10, 1, 0x1a, 0x0b);
  }

  /** At 16: a byte from 0, one from 2, and the newline behind these vectors. */
  private static byte[] vectors() {
    return bytes(0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 40, 0, 0, 0, 1, 0, 0, 0, '\n');
  }

  private static byte[] name(String text) {
    return joined(bytes(text.length()), text.getBytes(US_ASCII));
  }

  private static void section(ByteArrayOutputStream module, int id, byte[] content) {
    module.writeBytes(joined(bytes(id, content.length), content));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private static byte[] bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return bytes;
  }
}
