package io.vivarium.wasm.engine;

import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Opcodes;

/**
 * Stands in for the support class that the compiler wants to copy into each module: an empty one,
 * since {@link GuestClassRewriter} lets nobody call the copy.
 */
final class SupportClass {
  static final byte[] BYTES = empty();

  private SupportClass() {}

  private static byte[] empty() {
    ClassWriter writer = new ClassWriter(0);
    writer.visit(Opcodes.V11, Opcodes.ACC_FINAL, "Support", null, "java/lang/Object", null);
    writer.visitEnd();
    return writer.toByteArray();
  }
}
