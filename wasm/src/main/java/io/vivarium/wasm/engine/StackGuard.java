package io.vivarium.wasm.engine;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;

/**
 * Proves that a system call has stack left before it changes anything. Guest recursion may end in a
 * host call with a few bytes of stack left; a stack overflow in the middle of the kernel would
 * leave its data half changed.
 *
 * <p>How: {@link #check} calls a method whose frame is declared {@value #RESERVE_BYTES} bytes
 * large. The interpreter of the JVM really makes that frame. Compiled code does not, but its entry
 * has to make sure that the frame of the interpreter would fit, should it fall back to it, so it
 * touches the pages ahead: a few nanoseconds. There is no way to write such a method in Java, so
 * its class file, of one page, is assembled here.
 */
public final class StackGuard {
  /** What is proved to be left: some 700 ordinary frames. */
  public static final int RESERVE_BYTES = 128 << 10;

  private static final StackProbe PROBE = assemble();

  /**
   * Zero for ever, but no constant to the just-in-time compiler, which would fold the probe away.
   */
  private static int zero = Integer.numberOfTrailingZeros(1);

  private StackGuard() {}

  /**
   * Returns when at least {@link #RESERVE_BYTES} of stack are left. Costs about a nanosecond in
   * compiled code, some microseconds while the JVM still interprets this.
   *
   * @throws GuestTrap of kind {@link TrapKind#STACK_OVERFLOW} when they are not
   */
  public static void check() {
    try {
      PROBE.probe(zero);
    } catch (StackOverflowError e) {
      throw new GuestTrap(TrapKind.STACK_OVERFLOW, "call stack exhausted");
    }
  }

  private static StackProbe assemble() {
    try {
      Class<?> probe = MethodHandles.lookup().defineClass(classFile());
      return (StackProbe) probe.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | IOException e) {
      throw new AssertionError("the stack probe is a valid class", e);
    }
  }

  /**
   * <pre>
   * final class StackProbeFrame implements StackProbe {
   *   public void probe(int depth) { if (depth != 0) this.probe(depth - 1); }
   * }
   * </pre>
   *
   * with the number of local variables of {@code probe} set to what fills the reserve.
   */
  private static byte[] classFile() throws IOException {
    String packageName = StackGuard.class.getPackageName().replace('.', '/');
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0xcafebabe);
    out.writeInt(52);
    String[] names = {
      packageName + "/StackProbeFrame",
      "java/lang/Object",
      packageName + "/StackProbe",
      "<init>",
      "()V",
      "probe",
      "(I)V",
      "Code",
      "StackMapTable"
    };
    out.writeShort(names.length + 8);
    for (String name : names) {
      out.writeByte(1);
      out.writeUTF(name);
    }
    for (int name = 1; name <= 3; name++) {
      out.writeByte(7); // 10, 11, 12: the classes
      out.writeShort(name);
    }
    out.write(new byte[] {12, 0, 4, 0, 5}); // 13: <init>()V
    out.write(new byte[] {12, 0, 6, 0, 7}); // 14: probe(I)V
    out.write(new byte[] {10, 0, 11, 0, 13}); // 15: Object.<init>
    out.write(new byte[] {10, 0, 10, 0, 14}); // 16: StackProbeFrame.probe
    out.write(new byte[] {0, 0x30, 0, 10, 0, 11, 0, 1, 0, 12, 0, 0, 0, 2});

    byte[] construct = {0x2a, (byte) 0xb7, 0, 15, (byte) 0xb1};
    method(out, 0, 4, 5, 1, construct, new byte[0]);
    byte[] recurse = {
      0x1b, // iload_1
      (byte) 0x99,
      0,
      10, // ifeq return
      0x2a,
      0x1b,
      0x04,
      0x64, // this, depth - 1
      (byte) 0xb6,
      0,
      16, // invokevirtual probe
      (byte) 0xb1 // return, which is at 11
    };
    byte[] sameFrameAt11 = {0, 9, 0, 0, 0, 3, 0, 1, 11};
    method(out, 1, 6, 7, RESERVE_BYTES / 8, recurse, sameFrameAt11);
    out.writeShort(0);
    return bytes.toByteArray();
  }

  private static void method(
      DataOutputStream out, int access, int name, int type, int locals, byte[] code, byte[] frames)
      throws IOException {
    out.writeShort(access);
    out.writeShort(name);
    out.writeShort(type);
    out.writeShort(1);
    out.writeShort(8);
    out.writeInt(12 + code.length + frames.length);
    out.writeShort(3);
    out.writeShort(locals);
    out.writeInt(code.length);
    out.write(code);
    out.writeShort(0);
    out.writeShort(frames.length == 0 ? 0 : 1);
    out.write(frames);
  }
}
