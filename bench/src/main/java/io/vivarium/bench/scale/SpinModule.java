package io.vivarium.bench.scale;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * A WebAssembly module that does nothing but count, without a system call:
 *
 * <pre>{@code
 * (module
 *   (memory (export "memory") 1)
 *   (func (export "_start") (local i64)
 *     (loop
 *       (br_if 0 (i64.lt_u (local.tee 0 (i64.add (local.get 0) (i64.const 1)))
 *                          (i64.const TURNS))))))
 * }</pre>
 */
final class SpinModule {
  /** So many that it never ends. */
  static final long ENDLESS = Long.MAX_VALUE;

  private static final HexFormat HEX = HexFormat.of();

  private SpinModule() {}

  /** The binary format of the module. */
  static byte[] bytes(long turns) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(HEX.parseHex("01017e0340200042017c220042"));
    signedLeb(body, turns);
    body.writeBytes(HEX.parseHex("540d000b0b"));

    ByteArrayOutputStream module = new ByteArrayOutputStream();
    module.writeBytes(HEX.parseHex("0061736d01000000010401600000030201000503010001"));
    module.writeBytes(HEX.parseHex("071302"));
    export(module, "memory", "0200");
    export(module, "_start", "0000");
    module.write(0x0a);
    module.write(body.size() + 2);
    module.write(1);
    module.write(body.size());
    module.writeBytes(body.toByteArray());
    return module.toByteArray();
  }

  /** Writes the module to a file of the host that goes when the JVM ends. */
  static Path file(long turns) {
    try {
      Path file = Files.createTempFile("vivarium-spin-", ".wasm");
      file.toFile().deleteOnExit();
      return Files.write(file, bytes(turns));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void export(ByteArrayOutputStream module, String name, String what) {
    module.write(name.length());
    module.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
    module.writeBytes(HEX.parseHex(what));
  }

  private static void signedLeb(ByteArrayOutputStream out, long value) {
    long rest = value;
    while (rest < -64 || rest > 63) {
      out.write((int) ((rest & 0x7f) | 0x80));
      rest >>= 7;
    }
    out.write((int) (rest & 0x7f));
  }
}
