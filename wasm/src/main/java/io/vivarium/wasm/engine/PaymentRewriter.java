package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Turns what the compiler makes of a payment, an assignment to the fuel global, into the call of
 * {@link GuestCode#pay} or {@link GuestCode#payFixed}. The compiler pushes the number of the global
 * and the instance and calls; so two pushes are held back until it is clear what they are for.
 *
 * <p>Neither adds a branch, so the stack maps of the compiler stay right.
 */
final class PaymentRewriter extends MethodVisitor {
  private static final String INSTANCE = "Lrun/endive/runtime/Instance;";

  private final String support;
  private final int fuelGlobal;

  // What is held back: a price, then the number of the global, then the instance.
  private @Nullable Long price;
  private @Nullable Integer global;
  private int instance = -1;

  /**
   * For a method.
   *
   * @param support internal name of the class that the compiler's support code is called on
   */
  PaymentRewriter(MethodVisitor next, String support, int fuelGlobal) {
    super(Opcodes.ASM9, next);
    this.support = support;
    this.fuelGlobal = fuelGlobal;
  }

  @Override
  public void visitMethodInsn(
      int opcode, String owner, String name, String type, boolean onInterface) {
    boolean pays =
        name.equals("writeGlobal")
            && owner.equals(support)
            && instance >= 0
            && global != null
            && global == fuelGlobal;
    if (!pays) {
      release();
      super.visitMethodInsn(opcode, owner, name, type, onInterface);
      return;
    }
    Long fixed = price;
    int from = instance;
    forget();
    if (fixed != null) {
      push(Math.toIntExact(fixed));
    }
    super.visitVarInsn(Opcodes.ALOAD, from);
    super.visitMethodInsn(
        Opcodes.INVOKESTATIC,
        support,
        fixed != null ? "payFixed" : "pay",
        (fixed != null ? "(I" : "(J") + INSTANCE + ")V",
        false);
  }

  private void push(int value) {
    if (value >= -1 && value <= 5) {
      super.visitInsn(Opcodes.ICONST_0 + value);
    } else if (value == (byte) value) {
      super.visitIntInsn(Opcodes.BIPUSH, value);
    } else if (value == (short) value) {
      super.visitIntInsn(Opcodes.SIPUSH, value);
    } else {
      super.visitLdcInsn(value);
    }
  }

  private void holdPrice(long value) {
    release();
    price = value;
  }

  private void holdGlobal(int value) {
    if (global != null) {
      release();
    }
    global = value;
  }

  private void forget() {
    price = null;
    global = null;
    instance = -1;
  }

  /** Lets go of what turned out to be something else. */
  private void release() {
    Long heldPrice = price;
    Integer heldGlobal = global;
    int heldInstance = instance;
    forget();
    if (heldPrice != null) {
      if (heldPrice == 0 || heldPrice == 1) {
        super.visitInsn(Opcodes.LCONST_0 + (int) (long) heldPrice);
      } else {
        super.visitLdcInsn(heldPrice);
      }
    }
    if (heldGlobal != null) {
      push(heldGlobal);
    }
    if (heldInstance >= 0) {
      super.visitVarInsn(Opcodes.ALOAD, heldInstance);
    }
  }

  // ---- what may be held back ------------------------------------------------------------------

  @Override
  public void visitInsn(int opcode) {
    if (opcode == Opcodes.LCONST_0 || opcode == Opcodes.LCONST_1) {
      holdPrice(opcode - Opcodes.LCONST_0);
    } else if (opcode >= Opcodes.ICONST_M1 && opcode <= Opcodes.ICONST_5) {
      holdGlobal(opcode - Opcodes.ICONST_0);
    } else {
      release();
      super.visitInsn(opcode);
    }
  }

  @Override
  public void visitIntInsn(int opcode, int operand) {
    if (opcode == Opcodes.BIPUSH || opcode == Opcodes.SIPUSH) {
      holdGlobal(operand);
    } else {
      release();
      super.visitIntInsn(opcode, operand);
    }
  }

  @Override
  public void visitLdcInsn(Object value) {
    if (value instanceof Long number && number > 0 && number <= Integer.MAX_VALUE) {
      holdPrice(number);
    } else if (value instanceof Integer number) {
      holdGlobal(number);
    } else {
      release();
      super.visitLdcInsn(value);
    }
  }

  @Override
  public void visitVarInsn(int opcode, int variable) {
    if (opcode == Opcodes.ALOAD && global != null && instance < 0) {
      instance = variable;
    } else {
      release();
      super.visitVarInsn(opcode, variable);
    }
  }

  // ---- everything else ------------------------------------------------------------------------

  @Override
  public void visitTypeInsn(int opcode, String type) {
    release();
    super.visitTypeInsn(opcode, type);
  }

  @Override
  public void visitFieldInsn(int opcode, String owner, String name, String type) {
    release();
    super.visitFieldInsn(opcode, owner, name, type);
  }

  @Override
  public void visitInvokeDynamicInsn(
      String name, String type, Handle bootstrap, Object... arguments) {
    release();
    super.visitInvokeDynamicInsn(name, type, bootstrap, arguments);
  }

  @Override
  public void visitJumpInsn(int opcode, Label label) {
    release();
    super.visitJumpInsn(opcode, label);
  }

  @Override
  public void visitLabel(Label label) {
    release();
    super.visitLabel(label);
  }

  @Override
  public void visitIincInsn(int variable, int increment) {
    release();
    super.visitIincInsn(variable, increment);
  }

  @Override
  public void visitTableSwitchInsn(int min, int max, Label otherwise, Label... labels) {
    release();
    super.visitTableSwitchInsn(min, max, otherwise, labels);
  }

  @Override
  public void visitLookupSwitchInsn(Label otherwise, int[] keys, Label[] labels) {
    release();
    super.visitLookupSwitchInsn(otherwise, keys, labels);
  }

  @Override
  public void visitMultiANewArrayInsn(String type, int dimensions) {
    release();
    super.visitMultiANewArrayInsn(type, dimensions);
  }

  @Override
  public void visitFrame(
      int type,
      int localCount,
      Object @Nullable [] locals,
      int stackCount,
      Object @Nullable [] stack) {
    release();
    super.visitFrame(type, localCount, locals, stackCount, stack);
  }

  @Override
  public void visitTryCatchBlock(Label start, Label end, Label handler, @Nullable String type) {
    release();
    super.visitTryCatchBlock(start, end, handler, type);
  }

  @Override
  public void visitMaxs(int maxStack, int maxLocals) {
    release();
    super.visitMaxs(maxStack, maxLocals);
  }
}
