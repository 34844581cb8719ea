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
 * fuel global, if the module is metered, which the magic tells
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
  static final int FORMAT = 3;

  private static final int MAGIC = 0x56_49_56_43; // VIVC

  /** Of a metered module, whose fuel global comes behind the digest. */
  private static final int METERED_MAGIC = 0x56_49_56_46; // VIVF

  private static final int CHECKED_FROM = 8;
  private static final int DIGEST_BYTES = 32;

  /** The kept form of what the compiler made of {@code module}. */
  static CodeImage of(ModuleStructure module, CompiledClasses compiled) {
    byte[] stripped = ModuleStripper.strip(module, compiled.interpreted());
    Map<String, ByteBuffer> classes = new HashMap<>();
    compiled.classes().forEach((name, bytes) -> classes.put(name, ByteBuffer.wrap(bytes)));
    return new CodeImage(
        ModuleDecoder.decodeMetered(stripped, module.fuelGlobal()),
        compiled.interpreted(),
        classes);
  }

  /** As bytes; {@code key} is what the code was made of. */
  ByteBuffer encode(CodeKey key) {
    byte[] module = structure.bytes();
    int size = CHECKED_FROM + 4 + DIGEST_BYTES + 4 + 4 * interpreted.size() + 4 + module.length + 4;
    size += structure.isMetered() ? 4 : 0;
    for (Map.Entry<String, ByteBuffer> entry : classes.entrySet()) {
      size += 2 + entry.getKey().length() + 4 + entry.getValue().remaining();
    }
    ByteBuffer out = ByteBuffer.allocate(size);
    out.putInt(magic(structure.isMetered())).putInt(0).putInt(size).put(key.digest().bytes());
    if (structure.isMetered()) {
      out.putInt(structure.fuelGlobal());
    }
    out.putInt(interpreted.size());
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
   * @return null when they are damaged, or made of something else than {@code key}
   */
  static @Nullable CodeImage decode(ByteBuffer bytes, CodeKey key) {
    try {
      ByteBuffer in = bytes.duplicate();
      if (in.remaining() < CHECKED_FROM
          || in.getInt() != magic(key.metered())
          || in.getInt() != checksum(bytes)
          || in.getInt() != bytes.remaining()) {
        return null;
      }
      byte[] digest = new byte[DIGEST_BYTES];
      in.get(digest);
      return Arrays.equals(digest, key.digest().bytes()) ? contents(in, key.metered()) : null;
    } catch (BufferUnderflowException | IllegalArgumentException | MalformedModule e) {
      return null;
    }
  }

  private static int magic(boolean metered) {
    return metered ? METERED_MAGIC : MAGIC;
  }

  private static CodeImage contents(ByteBuffer in, boolean metered) {
    int fuelGlobal = metered ? in.getInt() : ModuleStructure.NOT_METERED;
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
    return new CodeImage(ModuleDecoder.decodeMetered(module, fuelGlobal), interpreted, classes);
  }

  private static int checksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.duplicate().position(bytes.position() + CHECKED_FROM));
    return (int) checksum.getValue();
  }
}
