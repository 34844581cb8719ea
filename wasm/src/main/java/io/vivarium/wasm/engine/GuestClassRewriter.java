package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.fuel.Payment;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodTooLargeException;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.commons.ClassRemapper;
import org.objectweb.asm.commons.Remapper;
import run.endive.runtime.OpcodeImpl;
import run.endive.wasm.types.Value;

/**
 * Moves compiled classes from the run time they were compiled for to ours: instances, memory,
 * tables and machines become our classes, and the support code that the compiler would copy into
 * every module becomes {@link GuestCode}, which all modules share. Checks that no call goes
 * anywhere else.
 */
final class GuestClassRewriter {
  private static final String MACHINE = Type.getInternalName(Machine.class);

  private static final Map<String, String> TYPES =
      Map.of(
          "run/endive/runtime/Instance", Type.getInternalName(LiveInstance.class),
          "run/endive/runtime/Memory", Type.getInternalName(LinearMemory.class),
          "run/endive/runtime/TableInstance", Type.getInternalName(GuestTable.class),
          "run/endive/runtime/Machine", MACHINE,
          "run/endive/runtime/internal/CompilerInterpreterMachine",
              Type.getInternalName(Interpreter.class),
          "run/endive/wasm/types/Element", "java/lang/Object");

  /** Methods that compiled code may call, as owner, name and type. */
  private static final Set<String> ALLOWED = new HashSet<>();

  static {
    for (Class<?> type :
        new Class<?>[] {
          GuestCode.class,
          LiveInstance.class,
          GuestTable.class,
          Interpreter.class,
          OpcodeImpl.class,
          Value.class
        }) {
      String owner = Type.getInternalName(type);
      for (Method method : type.getDeclaredMethods()) {
        if (Modifier.isPublic(method.getModifiers())) {
          ALLOWED.add(owner + "." + method.getName() + Type.getMethodDescriptor(method));
        }
      }
    }
    ALLOWED.add(
        Type.getInternalName(Interpreter.class)
            + ".<init>(L"
            + Type.getInternalName(LiveInstance.class)
            + ";[I)V");
    ALLOWED.add("run/endive/runtime/CallResult.longs()[J");
    ALLOWED.add("java/lang/Object.<init>()V");
    ALLOWED.add("java/lang/Math.subtractExact(JJ)J");
  }

  /** What the names of methods that are functions of the module start with. */
  private static final String FUNCTION = "func_";

  /** Of these, the last does not pay in line at all. */
  private static final int LAST_LEVEL = Payment.DEEPEST + 1;

  private final String ownPrefix;
  private final String support;
  private final int fuelGlobal;
  private final Remapper remapper;

  /**
   * For the classes of one module.
   *
   * @param mainClass internal name of the machine; the names of all others start with it
   * @param fuelGlobal as {@link ModuleStructure#fuelGlobal} says
   */
  GuestClassRewriter(String mainClass, int fuelGlobal) {
    this.ownPrefix = mainClass;
    this.support = mainClass + "Shaded";
    this.fuelGlobal = fuelGlobal;
    this.remapper =
        new Remapper(Opcodes.ASM9) {
          @Override
          public String map(String name) {
            return name.equals(support)
                ? Type.getInternalName(GuestCode.class)
                : TYPES.getOrDefault(name, name);
          }
        };
  }

  /**
   * The class, moved.
   *
   * @throws IllegalArgumentException when it calls what our run time does not have
   */
  byte[] rewrite(byte[] original) {
    Map<String, Integer> inlineFrom = new HashMap<>();
    while (true) {
      ClassWriter writer = new ClassWriter(0);
      Filter filter = new Filter(new ClassRemapper(writer, remapper), inlineFrom);
      new ClassReader(original).accept(filter, 0);
      try {
        return writer.toByteArray();
      } catch (MethodTooLargeException e) {
        if (inlineFrom.merge(e.getMethodName(), 2, (level, more) -> level + 1) > LAST_LEVEL) {
          throw e;
        }
      }
    }
  }

  /** Works on the names as the compiler gave them, before they are mapped. */
  private final class Filter extends ClassVisitor {
    private final Map<String, Integer> inlineFrom;
    private boolean machine;

    /** {@code inlineFrom} has the methods by name that must not pay in all loops in line. */
    Filter(ClassVisitor next, Map<String, Integer> inlineFrom) {
      super(Opcodes.ASM9, next);
      this.inlineFrom = inlineFrom;
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        @Nullable String signature,
        @Nullable String superName,
        String @Nullable [] interfaces) {
      machine = name.equals(ownPrefix);
      super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public @Nullable MethodVisitor visitMethod(
        int access,
        String name,
        String type,
        @Nullable String signature,
        String @Nullable [] exceptions) {
      // Our machines have one way in; those with references beside the numbers are left out.
      if (machine && (name.equals("callWithRefs") || type.startsWith("(I[J["))) {
        return null;
      }
      MethodVisitor next = super.visitMethod(access, name, type, signature, exceptions);
      MethodVisitor checked =
          new MethodVisitor(Opcodes.ASM9, next) {
            @Override
            public void visitMethodInsn(
                int opcode, String owner, String called, String calledType, boolean onInterface) {
              check(owner, called, calledType);
              super.visitMethodInsn(opcode, owner, called, calledType, onInterface);
            }
          };
      MethodVisitor paying =
          fuelGlobal == ModuleStructure.NOT_METERED
              ? checked
              : new PaymentRewriter(checked, support, fuelGlobal, inlineFrom.getOrDefault(name, 1));
      return name.startsWith(FUNCTION)
          ? new CodeTightener(paying, access, name, type, exceptions, ownPrefix, support)
          : paying;
    }
  }

  private void check(String owner, String name, String type) {
    String mapped = remapper.mapType(owner);
    if (!mapped.startsWith(ownPrefix)
        && !ALLOWED.contains(mapped + "." + name + remapper.mapMethodDesc(type))) {
      throw new IllegalArgumentException(
          "compiled code calls " + mapped + "." + name + remapper.mapMethodDesc(type));
    }
  }
}
