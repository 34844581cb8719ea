package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.commons.CodeSizeEvaluator;

/** Loads and stores of guests are neither too short nor too long for HotSpot's compilers. */
final class MemoryAccessSizeTest {
  /** The first compiler inlines what is not longer (C1MaxInlineSize). */
  private static final int FIRST_COMPILER = 35;

  /** The second compiler inlines what is hot and not longer (FreqInlineSize). */
  private static final int SECOND_COMPILER = 325;

  @Test
  void only_the_second_compiler_inlines_loads_and_stores() throws IOException {
    Map<String, Integer> sizes = sizes();

    assertThat(sizes)
        .containsOnlyKeys(
            "memoryReadByte",
            "memoryReadShort",
            "memoryReadInt",
            "memoryReadLong",
            "memoryWriteByte",
            "memoryWriteShort",
            "memoryWriteInt",
            "memoryWriteLong");
    assertThat(sizes.values())
        .allSatisfy(
            size -> assertThat(size).isGreaterThan(FIRST_COMPILER).isLessThan(SECOND_COMPILER));
  }

  /** Least sizes of the loads and stores; those of floating point numbers call the others. */
  private static Map<String, Integer> sizes() throws IOException {
    Map<String, Integer> sizes = new TreeMap<>();
    try (InputStream bytes = GuestCode.class.getResourceAsStream("GuestCode.class")) {
      new ClassReader(Objects.requireNonNull(bytes))
          .accept(
              new ClassVisitor(Opcodes.ASM9) {
                @Override
                public MethodVisitor visitMethod(
                    int access, String name, String type, String signature, String[] exceptions) {
                  boolean accesses = name.matches("memory(Read|Write)(Byte|Short|Int|Long)");
                  return accesses ? measure(name, sizes) : null;
                }
              },
              0);
    }
    return sizes;
  }

  private static MethodVisitor measure(String name, Map<String, Integer> sizes) {
    return new CodeSizeEvaluator(Opcodes.ASM9, null) {
      @Override
      public void visitEnd() {
        sizes.put(name, getMinSize());
      }
    };
  }
}
