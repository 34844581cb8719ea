package io.vivarium.wasm.engine;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AbstractInsnNode;
import org.objectweb.asm.tree.InsnList;
import org.objectweb.asm.tree.InsnNode;
import org.objectweb.asm.tree.JumpInsnNode;
import org.objectweb.asm.tree.LdcInsnNode;
import org.objectweb.asm.tree.MethodInsnNode;
import org.objectweb.asm.tree.MethodNode;
import run.endive.runtime.OpcodeImpl;

/**
 * Says what a compiled function says in fewer instructions. A guest runs many functions a few times
 * each, so what HotSpot spends on compiling them counts as much as how fast they are then; and its
 * first compiler optimizes little.
 *
 * <ul>
 *   <li>A comparison calls a method that answers 0 or 1, which a jump then compares with 0. Both
 *       become one jump.
 *   <li>A check for interruption before every call becomes one at the entry of every function that
 *       calls anything. What calls nothing and does not loop ends soon; so no guest runs for long
 *       without a check.
 *   <li>Numbers are widened by instructions instead of calls.
 * </ul>
 *
 * <p>What is left out or replaced leaves the same types in variables and on the operand stack at
 * every label, so the stack maps of the compiler stay right.
 */
final class CodeTightener extends MethodNode {
  private static final String NUMBERS = Type.getInternalName(OpcodeImpl.class);
  private static final String CHECK = "checkInterruption";

  /** How much more of the operand stack it takes to compare with a long or to widen to one. */
  private static final int MORE_STACK = 2;

  /** Comparisons of i32, as jumps that are taken when they hold. */
  private static final Map<String, Integer> INT_JUMPS =
      Map.of(
          "I32_EQ", Opcodes.IF_ICMPEQ,
          "I32_NE", Opcodes.IF_ICMPNE,
          "I32_LT_S", Opcodes.IF_ICMPLT,
          "I32_GT_S", Opcodes.IF_ICMPGT,
          "I32_LE_S", Opcodes.IF_ICMPLE,
          "I32_GE_S", Opcodes.IF_ICMPGE);

  /** Unsigned ones, as signed jumps for operands that have changed places. */
  private static final Map<String, Integer> SWAPPED_JUMPS =
      Map.of(
          "I32_LT_U", Opcodes.IF_ICMPGT,
          "I32_GT_U", Opcodes.IF_ICMPLT,
          "I32_LE_U", Opcodes.IF_ICMPGE,
          "I32_GE_U", Opcodes.IF_ICMPLE,
          "i32_ge_u", Opcodes.IF_ICMPLE);

  /** Comparisons of i64, as jumps that compare what lcmp answers with 0. */
  private static final Map<String, Integer> LONG_JUMPS =
      Map.of(
          "I64_EQ", Opcodes.IFEQ,
          "I64_NE", Opcodes.IFNE,
          "I64_LT_S", Opcodes.IFLT,
          "I64_GT_S", Opcodes.IFGT,
          "I64_LE_S", Opcodes.IFLE,
          "I64_GE_S", Opcodes.IFGE);

  private final String ownPrefix;
  private final String support;
  private final MethodVisitor next;

  /**
   * For a method.
   *
   * @param next gets the method when it is complete
   * @param ownPrefix with which the names of all classes of the module start
   * @param support internal name of the class that the compiler's support code is called on
   */
  CodeTightener(
      MethodVisitor next,
      int access,
      String name,
      String type,
      String @Nullable [] exceptions,
      String ownPrefix,
      String support) {
    super(Opcodes.ASM9, access, name, type, null, exceptions);
    this.next = next;
    this.ownPrefix = ownPrefix;
    this.support = support;
  }

  @Override
  public void visitEnd() {
    boolean calls = false;
    AbstractInsnNode instruction = instructions.getFirst();
    while (instruction != null) {
      AbstractInsnNode following = instruction.getNext();
      if (instruction instanceof MethodInsnNode call) {
        calls |= call.owner.startsWith(ownPrefix) && !call.owner.equals(support);
        calls |= call.name.startsWith("setTailCall");
        following = tighten(call, following);
      }
      instruction = following;
    }
    if (calls) {
      instructions.insert(new MethodInsnNode(Opcodes.INVOKESTATIC, support, CHECK, "()V", false));
    }
    maxStack += MORE_STACK;
    accept(next);
  }

  /** Replaces a call and perhaps what follows; says where to go on. */
  private @Nullable AbstractInsnNode tighten(
      MethodInsnNode call, @Nullable AbstractInsnNode following) {
    if (call.owner.equals(support) && call.name.equals(CHECK)) {
      if (!jumpsBack(following)) {
        instructions.remove(call);
      }
      return following;
    }
    boolean number = call.owner.equals(NUMBERS) || call.name.equals("i32_ge_u");
    if (!number) {
      return following;
    }
    boolean holds = true;
    AbstractInsnNode jump = following;
    while (jump != null && isNot(jump)) {
      holds = !holds;
      jump = jump.getNext();
    }
    if (!(jump instanceof JumpInsnNode conditional)
        || (conditional.getOpcode() != Opcodes.IFEQ && conditional.getOpcode() != Opcodes.IFNE)) {
      widen(call);
      return following;
    }
    InsnList shorter =
        comparison(call.name, conditional, holds == (conditional.getOpcode() == Opcodes.IFNE));
    if (shorter == null) {
      widen(call);
      return following;
    }
    AbstractInsnNode after = conditional.getNext();
    instructions.insertBefore(call, shorter);
    for (AbstractInsnNode old = call; old != after; ) {
      AbstractInsnNode gone = old;
      old = old.getNext();
      instructions.remove(gone);
    }
    return after;
  }

  /** Whether a check belongs to what follows it, a jump that may lead back. */
  private static boolean jumpsBack(@Nullable AbstractInsnNode following) {
    return following != null
        && (following.getOpcode() == Opcodes.GOTO
            || following.getOpcode() == Opcodes.TABLESWITCH
            || following.getOpcode() == Opcodes.LOOKUPSWITCH);
  }

  private static boolean isNot(AbstractInsnNode instruction) {
    return instruction instanceof MethodInsnNode call
        && call.owner.equals(NUMBERS)
        && call.name.equals("I32_EQZ");
  }

  /**
   * What compares and jumps to where {@code jump} does if the comparison answers {@code wanted}.
   */
  private static @Nullable InsnList comparison(String name, JumpInsnNode jump, boolean wanted) {
    InsnList code = new InsnList();
    Integer opcode = INT_JUMPS.get(name);
    if (name.equals("I32_EQZ")) {
      opcode = Opcodes.IFEQ;
    } else if (name.equals("I64_EQZ")) {
      code.add(new InsnNode(Opcodes.LCONST_0));
      code.add(new InsnNode(Opcodes.LCMP));
      opcode = Opcodes.IFEQ;
    } else if (LONG_JUMPS.containsKey(name)) {
      code.add(new InsnNode(Opcodes.LCMP));
      opcode = LONG_JUMPS.get(name);
    } else if (SWAPPED_JUMPS.containsKey(name)) {
      // The smallest number added to both makes an unsigned comparison of a signed one.
      for (int operand = 0; operand < 2; operand++) {
        code.add(new LdcInsnNode(Integer.MIN_VALUE));
        code.add(new InsnNode(Opcodes.IADD));
        if (operand == 0) {
          code.add(new InsnNode(Opcodes.SWAP));
        }
      }
      opcode = SWAPPED_JUMPS.get(name);
    }
    if (opcode == null) {
      return null;
    }
    code.add(new JumpInsnNode(wanted ? opcode : opposite(opcode), jump.label));
    return code;
  }

  /** The jump that is taken when another is not. */
  private static int opposite(int opcode) {
    // They come in pairs, of which the first has an odd number.
    return ((opcode - 1) ^ 1) + 1;
  }

  private void widen(MethodInsnNode call) {
    InsnList code = new InsnList();
    switch (call.name) {
      case "I32_EXTEND_8_S" -> code.add(new InsnNode(Opcodes.I2B));
      case "I32_EXTEND_16_S" -> code.add(new InsnNode(Opcodes.I2S));
      case "I64_EXTEND_I32_U" -> {
        code.add(new InsnNode(Opcodes.I2L));
        code.add(new LdcInsnNode(0xffff_ffffL));
        code.add(new InsnNode(Opcodes.LAND));
      }
      default -> {
        return;
      }
    }
    instructions.insertBefore(call, code);
    instructions.remove(call);
  }
}
