package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.fuel.Payment;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Handle;
import org.objectweb.asm.Label;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Turns what the compiler makes of a payment, an assignment to the fuel global, into code that
 * pays. The compiler pushes price, number of the global and instance, and calls; so these pushes
 * are held back until it is clear what they are for.
 *
 * <p>A constant price in a loop is taken from {@link LiveInstance#fuelBalance} right there, with
 * {@link Math#subtractExact}: HotSpot has an instruction for that, wherever it is used, while it
 * does not copy other methods into functions as large as those of guests, and calling one takes
 * longer than the work. It adds no branch to the method, so the stack maps of the compiler stay
 * right. But it takes four bytes more than what the compiler made, and HotSpot's first compiler has
 * more to do. Elsewhere {@link GuestCode#pay} is called, which takes three bytes less.
 */
final class PaymentRewriter extends MethodVisitor {
  private static final String INSTANCE = "run/endive/runtime/Instance";

  /** How much more of the operand stack it takes to pay than to assign. */
  private static final int MORE_STACK = 2;

  private final String support;
  private final int fuelGlobal;
  private final int inlineFrom;

  // What is held back: a price, then the number of the global, then the instance.
  private @Nullable Long price;
  private @Nullable Integer global;
  private int instance = -1;

  /**
   * For a method.
   *
   * @param support internal name of the class that the compiler's support code is called on
   * @param inlineFrom how many loops a payment has to be in for being done in line
   */
  PaymentRewriter(MethodVisitor next, String support, int fuelGlobal, int inlineFrom) {
    super(Opcodes.ASM9, next);
    this.support = support;
    this.fuelGlobal = fuelGlobal;
    this.inlineFrom = inlineFrom;
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
    if (fixed == null || Payment.loops(fixed) < inlineFrom) {
      if (fixed != null) {
        pushLong(Payment.price(fixed));
      }
      super.visitVarInsn(Opcodes.ALOAD, from);
      super.visitMethodInsn(Opcodes.INVOKESTATIC, support, "pay", "(JL" + INSTANCE + ";)V", false);
      return;
    }
    super.visitVarInsn(Opcodes.ALOAD, from);
    super.visitInsn(Opcodes.DUP);
    super.visitFieldInsn(Opcodes.GETFIELD, INSTANCE, "fuelBalance", "J");
    pushLong(Payment.price(fixed));
    super.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/Math", "subtractExact", "(JJ)J", false);
    super.visitFieldInsn(Opcodes.PUTFIELD, INSTANCE, "fuelBalance", "J");
  }

  private void pushLong(long value) {
    if (value == 0 || value == 1) {
      super.visitInsn(Opcodes.LCONST_0 + (int) value);
    } else {
      super.visitLdcInsn(value);
    }
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
      pushLong(heldPrice);
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
    if (value instanceof Long number && number > 0) {
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
    super.visitMaxs(maxStack + MORE_STACK, maxLocals);
  }
}
