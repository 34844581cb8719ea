package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.MalformedModule;
import io.vivarium.wasm.engine.binary.ModuleDecoder;
import io.vivarium.wasm.engine.binary.ModuleStripper;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A compiled module in the form in which it is kept: the module without the code that was compiled,
 * and the class files, in one run of bytes. Loading it costs one checksum and decoding a few
 * sections; classes stay where they are until they are used.
 *
 * <pre>
 * magic, checksum of all that follows, length of the whole
 * digest of the original module
 * functions that stay interpreted (count, indices)
 * module (length, bytes)
 * classes (count, then name, length and bytes of each)
 * </pre>
 *
 * @param structure the module, stripped
 * @param interpreted functions, by index, that have no compiled code
 * @param classes class files by binary name
 */
record CodeImage(
    ModuleStructure structure, SortedSet<Integer> interpreted, Map<String, ByteBuffer> classes) {

  /** Changes with every change of the format or of what compiled code expects of this package. */
  static final int FORMAT = 2;

  private static final int MAGIC = 0x56_49_56_43; // VIVC
  private static final int CHECKED_FROM = 8;
  private static final int DIGEST_BYTES = 32;

  /** The kept form of what the compiler made of {@code module}. */
  static CodeImage of(ModuleStructure module, CompiledClasses compiled) {
    byte[] stripped = ModuleStripper.strip(module, compiled.interpreted());
    Map<String, ByteBuffer> classes = new HashMap<>();
    compiled.classes().forEach((name, bytes) -> classes.put(name, ByteBuffer.wrap(bytes)));
    return new CodeImage(ModuleDecoder.decode(stripped), compiled.interpreted(), classes);
  }

  /** As bytes; {@code original} is what the code was made of. */
  ByteBuffer encode(ModuleDigest original) {
    byte[] module = structure.bytes();
    int size = CHECKED_FROM + 4 + DIGEST_BYTES + 4 + 4 * interpreted.size() + 4 + module.length + 4;
    for (Map.Entry<String, ByteBuffer> entry : classes.entrySet()) {
      size += 2 + entry.getKey().length() + 4 + entry.getValue().remaining();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(MAGIC).putInt(0).putInt(size).put(original.bytes()).putInt(interpreted.size());
    interpreted.forEach(out::putInt);
    out.putInt(module.length).put(module).putInt(classes.size());
    classes.forEach((name, bytes) -> {
      byte[] encoded = name.getBytes(StandardCharsets.US_ASCII);
      out.putShort((short) encoded.length).put(encoded);
      out.putInt(bytes.remaining()).put(bytes.duplicate());
    });
    out.flip();
    return out.putInt(4, checksum(out));
  }

  /**
   * From bytes, which the image goes on using.
   *
   * @return null when they are damaged, or made of another module than {@code original}
   */
  static @Nullable CodeImage decode(ByteBuffer bytes, ModuleDigest original) {
    try {
      ByteBuffer in = bytes.duplicate();
      if (in.remaining() < CHECKED_FROM
          || in.getInt() != MAGIC
          || in.getInt() != checksum(bytes)
          || in.getInt() != bytes.remaining()) {
        return null;
      }
      byte[] digest = new byte[DIGEST_BYTES];
      in.get(digest);
      return Arrays.equals(digest, original.bytes()) ? contents(in) : null;
    } catch (BufferUnderflowException | IllegalArgumentException | MalformedModule e) {
      return null;
    }
  }

  private static CodeImage contents(ByteBuffer in) {
    SortedSet<Integer> interpreted = new TreeSet<>();
    for (int left = in.getInt(); left > 0; left--) {
      interpreted.add(in.getInt());
    }
    byte[] module = new byte[in.getInt()];
    in.get(module);
    int count = in.getInt();
    Map<String, ByteBuffer> classes = HashMap.newHashMap(count);
    for (int i = 0; i < count; i++) {
      byte[] name = new byte[in.getShort()];
      in.get(name);
      int length = in.getInt();
      classes.put(new String(name, StandardCharsets.US_ASCII), in.slice(in.position(), length));
      in.position(in.position() + length);
    }
    return new CodeImage(ModuleDecoder.decode(module), interpreted, classes);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate().position(bytes.position() + CHECKED_FROM));
    return (int) checksum.getValue();
  }
}
