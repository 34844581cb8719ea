package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * A WASI preview 1 program, assembled here: it writes its environment, then its arguments, each
 * string with the NUL at its end. The last of two arguments is a file in its first directory, whose
 * beginning it writes too; the last of three is one that it creates. It exits with the errno of
 * opening.
 */
final class ProbeModule {
  private static final int I32 = 0x7f;
  private static final int I64 = 0x7e;

  // Types.
  private static final int NOTHING = 0;
  private static final int TWO = 1;
  private static final int FOUR = 2;
  private static final int EXIT = 3;
  private static final int OPEN = 4;

  // Imports.
  private static final int ENVIRON_SIZES_GET = 0;
  private static final int ENVIRON_GET = 1;
  private static final int ARGS_SIZES_GET = 2;
  private static final int ARGS_GET = 3;
  private static final int PATH_OPEN = 4;
  private static final int FD_READ = 5;
  private static final int FD_WRITE = 6;
  private static final int PROC_EXIT = 7;

  // Memory.
  private static final int COUNT = 0;
  private static final int SIZE = 4;
  private static final int BUFFER = 8;
  private static final int BUFFER_LENGTH = 12;
  private static final int OPENED = 16;
  private static final int TRANSFERRED = 20;
  private static final int POINTERS = 1024;
  private static final int STRINGS = 16_384;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private ProbeModule() {}

  static byte[] assemble() {
    ProbeModule module = new ProbeModule();
    module.bytes.writeBytes(new byte[] {0, 'a', 's', 'm', 1, 0, 0, 0});
    module.section(1, types());
    module.section(2, imports());
    module.section(3, new ProbeModule().raw(1, NOTHING));
    module.section(5, new ProbeModule().raw(1, 0, 1));
    module.section(7, new ProbeModule().raw(2).text("memory").raw(2, 0).text("_start").raw(0, 8));
    ProbeModule body = new ProbeModule().raw(0).program().raw(0x0b);
    module.section(10, new ProbeModule().raw(1).number(body.bytes.size()).append(body));
    return module.bytes.toByteArray();
  }

  private static ProbeModule types() {
    return new ProbeModule()
        .raw(5)
        .raw(0x60, 0, 0)
        .raw(0x60, 2, I32, I32, 1, I32)
        .raw(0x60, 4, I32, I32, I32, I32, 1, I32)
        .raw(0x60, 1, I32, 0)
        .raw(0x60, 9, I32, I32, I32, I32, I32, I64, I64, I32, I32, 1, I32);
  }

  private static ProbeModule imports() {
    ProbeModule imports = new ProbeModule().raw(8);
    List<String> names =
        List.of(
            "environ_sizes_get",
            "environ_get",
            "args_sizes_get",
            "args_get",
            "path_open",
            "fd_read",
            "fd_write",
            "proc_exit");
    int[] types = {TWO, TWO, TWO, TWO, OPEN, FOUR, FOUR, EXIT};
    for (int i = 0; i < types.length; i++) {
      imports.text("wasi_snapshot_preview1").text(names.get(i)).raw(0, types[i]);
    }
    return imports;
  }

  private ProbeModule program() {
    strings(ENVIRON_SIZES_GET, ENVIRON_GET);
    strings(ARGS_SIZES_GET, ARGS_GET);
    // if (count >= 2)
    load(COUNT).constant(2).raw(0x4f).raw(0x04, 0x40);
    // The errno goes where the count was.
    constant(COUNT);
    // The first directory; symbolic links are followed.
    constant(3).constant(1);
    lastArgument().endOfStrings().lastArgument().raw(0x6b).constant(1).raw(0x6b);
    // O_CREAT with three arguments
    load(COUNT).constant(2).raw(0x6b);
    // The right fd_read, or fd_write with three arguments: 2 + (count - 2) * 62
    load(COUNT).constant(2).raw(0x6b).constant(62).raw(0x6c).constant(2).raw(0x6a).raw(0xad);
    raw(0x42, 0).constant(0).constant(OPENED).call(PATH_OPEN);
    raw(0x36, 2, 0);
    // if (errno != 0) exit(errno)
    load(COUNT).raw(0x04, 0x40);
    load(COUNT).call(PROC_EXIT);
    raw(0x0b);
    constant(BUFFER).constant(STRINGS).raw(0x36, 2, 0);
    constant(BUFFER_LENGTH).constant(STRINGS).raw(0x36, 2, 0);
    load(OPENED).constant(BUFFER).constant(1).constant(BUFFER_LENGTH).call(FD_READ).raw(0x1a);
    write();
    return raw(0x0b);
  }

  /** Gets strings and writes them. */
  private void strings(int sizesGet, int get) {
    constant(COUNT).constant(SIZE).call(sizesGet).raw(0x1a);
    constant(POINTERS).constant(STRINGS).call(get).raw(0x1a);
    constant(BUFFER).constant(STRINGS).raw(0x36, 2, 0);
    constant(BUFFER_LENGTH).load(SIZE).raw(0x36, 2, 0);
    write();
  }

  private void write() {
    constant(1).constant(BUFFER).constant(1).constant(TRANSFERRED).call(FD_WRITE).raw(0x1a);
  }

  /** Pushes the pointer at POINTERS + 4 * (count - 1). */
  private ProbeModule lastArgument() {
    return load(COUNT).constant(4).raw(0x6c).raw(0x28, 2).number(POINTERS - 4);
  }

  private ProbeModule endOfStrings() {
    return constant(STRINGS).load(SIZE).raw(0x6a);
  }

  private ProbeModule constant(int value) {
    raw(0x41);
    int rest = value;
    while (rest >= 0x40) {
      raw((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    return raw(rest);
  }

  private ProbeModule load(int address) {
    return constant(address).raw(0x28, 2, 0);
  }

  private ProbeModule call(int function) {
    return raw(0x10, function);
  }

  private ProbeModule text(String text) {
    byte[] encoded = text.getBytes(UTF_8);
    number(encoded.length);
    bytes.writeBytes(encoded);
    return this;
  }

  private ProbeModule number(int value) {
    int rest = value;
    while (rest >= 0x80) {
      raw((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    return raw(rest);
  }

  private ProbeModule raw(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  private ProbeModule append(ProbeModule other) {
    bytes.writeBytes(other.bytes.toByteArray());
    return this;
  }

  private void section(int id, ProbeModule content) {
    raw(id).number(content.bytes.size()).append(content);
  }
}
