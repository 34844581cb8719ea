package io.vivarium.wasm.engine.binary;

import static io.vivarium.wasm.engine.binary.WasmType.F32;
import static io.vivarium.wasm.engine.binary.WasmType.F64;
import static io.vivarium.wasm.engine.binary.WasmType.FUNCREF;
import static io.vivarium.wasm.engine.binary.WasmType.I32;
import static io.vivarium.wasm.engine.binary.WasmType.I64;
import static io.vivarium.wasm.engine.binary.WasmType.V128;

import io.vivarium.wasm.engine.binary.ModuleStructure.ElementSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.Export;
import io.vivarium.wasm.engine.binary.ModuleStructure.Global;
import io.vivarium.wasm.engine.binary.ModuleStructure.Kind;
import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * Type-checks function bodies: the algorithm of the core specification's appendix, on arrays of
 * bytes. One validator serves all bodies of a module, one after the other; it remembers what the
 * module turned out to use.
 */
public final class FunctionValidator {
  /** The type of a value that unreachable code conjures up. */
  private static final int UNKNOWN = 0;

  /** Most locals of a function; other engines have the same limit. */
  private static final int MAX_LOCALS = 50_000;

  /** Most targets of a br_table; other engines have the same limit. */
  private static final int MAX_TARGETS = 65_520;

  /** Most blocks within one another in a function. */
  private static final int MAX_DEPTH = 10_000;

  /** Bounds the sum of the depths all branches of a function cross, which later passes walk. */
  private static final long MAX_BRANCH_WORK = 100_000_000;

  /** Most values on the stack of a function, about: the stack of the host has room for fewer. */
  private static final int MAX_HEIGHT = 1 << 20;

  private static final int BLOCK = 0x02;
  private static final int LOOP = 0x03;
  private static final int IF = 0x04;
  private static final int ELSE = 0x05;

  /** A loop, block, if or else that is open. */
  private static final class Frame {
    int opcode;
    byte[] parameters = FunctionType.NONE;
    byte[] results = FunctionType.NONE;
    int height;
    boolean unreachable;

    /** Whether the whole block can not be reached. */
    boolean dead;

    byte[] labelTypes() {
      return opcode == LOOP ? parameters : results;
    }
  }

  private final ModuleStructure module;
  private final @Nullable InstructionVisitor visitor;
  private final BitSet declaredFunctions = new BitSet();
  private final Effort effort;
  private BinaryReader in;

  private byte[] stack = new byte[256];
  private int height;
  private Frame[] frames = new Frame[16];
  private int depth;
  private byte[] locals = new byte[64];
  private int localCount;

  private long instructions;
  private long declaredLocals;
  private long allBranchWork;
  private boolean vectors;
  private long branchWork;

  /** A validator for the bodies of {@code module}; {@code visitor} may be null. */
  public FunctionValidator(ModuleStructure module, @Nullable InstructionVisitor visitor) {
    this(module, visitor, Effort.unlimited());
  }

  /** The same, which stops with {@link EffortExceeded}. */
  public FunctionValidator(
      ModuleStructure module, @Nullable InstructionVisitor visitor, Effort effort) {
    this.module = module;
    this.effort = effort;
    this.visitor = visitor;
    this.in = new BinaryReader(module.bytes, 0, 0);
    for (Export export : module.exports.values()) {
      if (export.kind() == Kind.FUNCTION) {
        declaredFunctions.set(export.index());
      }
    }
    for (ElementSegment segment : module.elements) {
      for (int value : segment.values()) {
        if (value >= 0) {
          declaredFunctions.set(value);
        }
      }
    }
    for (Global global : module.globals) {
      Constant initial = global.initial();
      if (initial != null && initial.type() == FUNCREF && initial.known() && !initial.isNull()) {
        declaredFunctions.set((int) initial.low());
      }
    }
  }

  /** Whether any validated body used vectors. */
  public boolean usesVectors() {
    return vectors;
  }

  /** How many instructions and targets of br_table all validated bodies have. */
  public long instructions() {
    return instructions;
  }

  /** How many local variables all validated bodies have. */
  public long declaredLocals() {
    return declaredLocals;
  }

  /** The sum of the depths that all branches of all validated bodies cross. */
  public long branchWork() {
    return allBranchWork;
  }

  /** While visiting: how many values are on the stack now. */
  public int height() {
    return height;
  }

  /**
   * While visiting: how many values were on the stack when the n-th block around us was entered.
   */
  public int labelHeight(int label) {
    return frames[depth - 1 - label].height;
  }

  /** While visiting: how many values a branch to the n-th block around us takes along. */
  public int labelArity(int label) {
    return frames[depth - 1 - label].labelTypes().length;
  }

  /** While visiting: how many local variables the function has, parameters included. */
  public int localCount() {
    return localCount;
  }

  /** While visiting: the type of a local variable. */
  public int localType(int local) {
    return locals[local] & 0xff;
  }

  /** Validates all bodies. */
  public void validateAll() {
    for (int body = 0; body < module.bodyCount(); body++) {
      validate(body);
    }
  }

  /**
   * Validates the n-th body.
   *
   * @throws MalformedModule when it is not valid
   */
  public void validate(int body) {
    try {
      function(body);
    } catch (MalformedModule e) {
      throw new MalformedModule(
          e.getMessage() + " in function " + (module.importedFunctions + body));
    }
  }

  private void function(int body) {
    in = new BinaryReader(module.bytes, module.bodyStarts[body], module.bodyEnds[body]);
    FunctionType type = module.functionType(module.importedFunctions + body);
    height = 0;
    depth = 0;
    branchWork = 0;
    declareLocals(type);
    push(BLOCK, FunctionType.NONE, type.results());
    while (depth > 0) {
      instruction();
    }
    if (!in.atEnd()) {
      throw in.malformed("operators remaining after end of function");
    }
  }

  private void declareLocals(FunctionType type) {
    localCount = 0;
    addLocals(0, 0);
    for (byte parameter : type.parameters()) {
      addLocals(1, parameter & 0xff);
    }
    // A metered function may have one more than it had when it was its own.
    int most = MAX_LOCALS + (module.isMetered() ? 1 : 0);
    int groups = in.count("local declarations", most);
    for (int i = 0; i < groups; i++) {
      int count = in.u32();
      if (count < 0 || count > most - localCount) {
        throw in.malformed("too many locals");
      }
      addLocals(count, ModuleDecoder.valueType(in));
    }
  }

  private void addLocals(int count, int type) {
    if (localCount + count > locals.length) {
      locals = Arrays.copyOf(locals, Math.max(localCount + count, 2 * locals.length));
    }
    Arrays.fill(locals, localCount, localCount + count, (byte) type);
    localCount += count;
    declaredLocals += count;
    effort.step(count);
    vectors |= type == V128;
  }

  // ---- the stacks -----------------------------------------------------------------------------

  private void push(int type) {
    if (height == stack.length) {
      if (height >= MAX_HEIGHT) {
        throw in.malformed("function too complex: too many values on the stack");
      }
      effort.take(height);
      stack = Arrays.copyOf(stack, 2 * height);
    }
    stack[height++] = (byte) type;
  }

  private void push(byte[] types) {
    for (byte type : types) {
      push(type & 0xff);
    }
  }

  private int pop() {
    Frame frame = frames[depth - 1];
    if (height == frame.height) {
      if (frame.unreachable) {
        return UNKNOWN;
      }
      throw in.malformed("type mismatch: the stack is empty");
    }
    return stack[--height] & 0xff;
  }

  private int pop(int expected) {
    int actual = pop();
    if (actual != expected && actual != UNKNOWN && expected != UNKNOWN) {
      throw in.malformed(
          "type mismatch: expected "
              + WasmType.name(expected)
              + ", found "
              + WasmType.name(actual));
    }
    return actual == UNKNOWN ? expected : actual;
  }

  private void pop(byte[] types) {
    for (int i = types.length - 1; i >= 0; i--) {
      pop(types[i] & 0xff);
    }
  }

  private void push(int opcode, byte[] parameters, byte[] results) {
    if (depth == MAX_DEPTH) {
      throw in.malformed("blocks nested too deeply");
    }
    if (depth == frames.length) {
      frames = Arrays.copyOf(frames, 2 * depth);
    }
    Frame frame = frames[depth];
    if (frame == null) {
      frame = new Frame();
      frames[depth] = frame;
    }
    frame.opcode = opcode;
    frame.parameters = parameters;
    frame.results = results;
    frame.height = height;
    frame.unreachable = false;
    frame.dead = depth > 0 && (frames[depth - 1].dead || frames[depth - 1].unreachable);
    depth++;
    push(parameters);
  }

  private Frame popFrame() {
    Frame frame = frames[depth - 1];
    pop(frame.results);
    if (height != frame.height) {
      throw in.malformed("type mismatch: values remain on the stack at the end of a block");
    }
    depth--;
    return frame;
  }

  private Frame label(int index) {
    if (Integer.compareUnsigned(index, depth) >= 0) {
      throw in.malformed("unknown label " + Integer.toUnsignedString(index));
    }
    branchWork += index;
    allBranchWork += index;
    if (branchWork > MAX_BRANCH_WORK) {
      throw in.malformed("function too complex: too many branches out of deep blocks");
    }
    return frames[depth - 1 - index];
  }

  private void unreachable() {
    Frame frame = frames[depth - 1];
    height = frame.height;
    frame.unreachable = true;
  }

  // ---- instructions ---------------------------------------------------------------------------

  private void instruction() {
    instructions++;
    effort.step(1);
    int start = in.position();
    boolean reachable = !frames[depth - 1].unreachable && !frames[depth - 1].dead;
    int opcode = in.u8();
    int operand = 0;
    int immediates = in.position();
    switch (opcode) {
      case 0x00 -> unreachable();
      case 0x01 -> {}
      case BLOCK, LOOP, IF -> block(opcode);
      case ELSE -> otherwise();
      case 0x0b -> end();
      case 0x0c -> {
        pop(label(in.u32()).labelTypes());
        unreachable();
      }
      case 0x0d -> {
        pop(I32);
        byte[] types = label(in.u32()).labelTypes();
        pop(types);
        push(types);
      }
      case 0x0e -> branchTable();
      case 0x0f -> {
        pop(frames[0].results);
        unreachable();
      }
      case 0x10 -> call(module.functionType(functionIndex()), false);
      case 0x11 -> call(indirect(), false);
      case 0x12 -> call(module.functionType(functionIndex()), true);
      case 0x13 -> call(indirect(), true);
      case 0x1a -> operand = pop();
      case 0x1b -> operand = select();
      case 0x1c -> operand = typedSelect();
      case 0x20 -> push(local());
      case 0x21 -> pop(local());
      case 0x22 -> {
        int type = local();
        pop(type);
        push(type);
      }
      case 0x23 -> push(global().type());
      case 0x24 -> {
        Global global = global();
        if (!global.mutable()) {
          throw in.malformed("global is immutable");
        }
        pop(global.type());
      }
      case 0x25 -> {
        int type = tableType();
        pop(I32);
        push(type);
      }
      case 0x26 -> {
        int type = tableType();
        pop(type);
        pop(I32);
      }
      case 0x3f -> {
        memoryIndex();
        push(I32);
      }
      case 0x40 -> {
        memoryIndex();
        pop(I32);
        push(I32);
      }
      case 0x41 -> {
        in.s32();
        push(I32);
      }
      case 0x42 -> {
        in.s64();
        push(I64);
      }
      case 0x43 -> {
        in.skip(4);
        push(F32);
      }
      case 0x44 -> {
        in.skip(8);
        push(F64);
      }
      case 0xd0 -> {
        int type = in.u8();
        if (!WasmType.isReference(type)) {
          throw in.malformed(WasmType.refusal(type));
        }
        push(type);
      }
      case 0xd1 -> {
        int type = pop();
        if (type != UNKNOWN && !WasmType.isReference(type)) {
          throw in.malformed("type mismatch: expected a reference, found " + WasmType.name(type));
        }
        push(I32);
      }
      case 0xd2 -> {
        int function = functionIndex();
        if (!declaredFunctions.get(function)) {
          throw in.malformed("undeclared function reference");
        }
        push(FUNCREF);
      }
      case 0xfc, 0xfd -> {
        int number = in.u32();
        immediates = in.position();
        if (opcode == 0xfc) {
          miscellaneous(number);
        } else {
          vector(number);
        }
        opcode = opcode << 8 | (number & 0xff);
      }
      default -> {
        if (opcode >= 0x28 && opcode <= 0x3e) {
          access(opcode);
        } else if (opcode >= 0x45 && opcode <= 0xc4) {
          numeric(opcode);
        } else {
          throw unsupported(opcode);
        }
      }
    }
    if (visitor != null) {
      visitor.visit(opcode, start, immediates, in.position(), operand, reachable);
    }
  }

  private MalformedModule unsupported(int opcode) {
    String name = "0x" + Integer.toHexString(opcode);
    return in.malformed(
        switch (opcode) {
          case 0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f ->
              "exception handling is not supported: opcode " + name;
          case 0x14, 0x15, 0xd3, 0xd4, 0xd5, 0xd6 ->
              "typed function references are not supported: opcode " + name;
          case 0xfb -> "garbage collection is not supported: opcode " + name;
          case 0xfe -> "atomic operations are not supported: opcode " + name;
          default -> "illegal opcode " + name;
        });
  }

  private void block(int opcode) {
    int first = in.peek();
    byte[] parameters = FunctionType.NONE;
    byte[] results = FunctionType.NONE;
    if (first == 0x40) {
      in.u8();
    } else if (WasmType.isValue(first)) {
      results = single(ModuleDecoder.valueType(in));
    } else {
      long index = in.s33();
      if (index < 0 || index >= module.types.size()) {
        throw in.malformed("unknown block type " + index);
      }
      parameters = module.types.get((int) index).parameters();
      results = module.types.get((int) index).results();
    }
    if (opcode == IF) {
      pop(I32);
    }
    pop(parameters);
    push(opcode, parameters, results);
  }

  private static final byte[][] SINGLE = new byte[256][];

  static {
    for (int type : new int[] {I32, I64, F32, F64, V128, FUNCREF}) {
      SINGLE[type] = new byte[] {(byte) type};
    }
  }

  private byte[] single(int type) {
    vectors |= type == V128;
    return SINGLE[type];
  }

  private void otherwise() {
    Frame frame = popFrame();
    if (frame.opcode != IF) {
      throw in.malformed("else without if");
    }
    push(ELSE, frame.parameters, frame.results);
  }

  private void end() {
    Frame frame = popFrame();
    if (frame.opcode == IF && !Arrays.equals(frame.parameters, frame.results)) {
      throw in.malformed("type mismatch: if without else changes the stack");
    }
    if (depth > 0) {
      push(frame.results);
    }
  }

  private void branchTable() {
    pop(I32);
    int count = in.count("branch targets", MAX_TARGETS);
    int arity = -1;
    instructions += count;
    for (int i = 0; i <= count; i++) {
      byte[] types = label(in.u32()).labelTypes();
      if (arity >= 0 && types.length != arity) {
        throw in.malformed("type mismatch: branch targets differ in arity");
      }
      arity = types.length;
      effort.step(1 + arity);
      // Popping leaves the bytes in place, so the height alone brings the values back as they were.
      int before = height;
      pop(types);
      height = before;
    }
    unreachable();
  }

  private void call(FunctionType type, boolean tail) {
    effort.step(type.parameters().length + type.results().length);
    pop(type.parameters());
    if (tail) {
      if (!Arrays.equals(type.results(), frames[0].results)) {
        throw in.malformed("type mismatch: tail call returns something else");
      }
      unreachable();
    } else {
      push(type.results());
    }
  }

  private FunctionType indirect() {
    int type = in.u32();
    if (Integer.compareUnsigned(type, module.types.size()) >= 0) {
      throw in.malformed("unknown type " + Integer.toUnsignedString(type));
    }
    if (tableType() != FUNCREF) {
      throw in.malformed("type mismatch: indirect call through a table of other references");
    }
    pop(I32);
    return module.types.get(type);
  }

  private int select() {
    pop(I32);
    int a = pop();
    int b = pop();
    if (WasmType.isReference(a) || WasmType.isReference(b)) {
      throw in.malformed("type mismatch: untyped select of references");
    }
    if (a != b && a != UNKNOWN && b != UNKNOWN) {
      throw in.malformed("type mismatch: select of different types");
    }
    int type = a == UNKNOWN ? b : a;
    push(type);
    return type;
  }

  private int typedSelect() {
    if (in.u32() != 1) {
      throw in.malformed("invalid result arity of select");
    }
    int type = ModuleDecoder.valueType(in);
    pop(I32);
    pop(type);
    pop(type);
    push(type);
    return type;
  }

  private int functionIndex() {
    int index = in.u32();
    if (Integer.compareUnsigned(index, module.functionTypes.length) >= 0) {
      throw in.malformed("unknown function " + Integer.toUnsignedString(index));
    }
    return index;
  }

  private int local() {
    int index = in.u32();
    if (Integer.compareUnsigned(index, localCount) >= 0) {
      throw in.malformed("unknown local " + Integer.toUnsignedString(index));
    }
    return locals[index] & 0xff;
  }

  private Global global() {
    int index = in.u32();
    if (Integer.compareUnsigned(index, module.globals.size()) >= 0) {
      throw in.malformed("unknown global " + Integer.toUnsignedString(index));
    }
    return module.globals.get(index);
  }

  private int tableType() {
    int index = in.u32();
    if (Integer.compareUnsigned(index, module.tables.size()) >= 0) {
      throw in.malformed("unknown table " + Integer.toUnsignedString(index));
    }
    return module.tables.get(index).type();
  }

  private int elementType() {
    int index = in.u32();
    if (Integer.compareUnsigned(index, module.elements.size()) >= 0) {
      throw in.malformed("unknown elem segment " + Integer.toUnsignedString(index));
    }
    return module.elements.get(index).type();
  }

  private void dataIndex() {
    int index = in.u32();
    if (module.dataCount < 0) {
      throw in.malformed("data count section required");
    }
    if (Integer.compareUnsigned(index, module.dataCount) >= 0) {
      throw in.malformed("unknown data segment " + Integer.toUnsignedString(index));
    }
  }

  private void memoryIndex() {
    if (in.u8() != 0) {
      throw in.malformed("zero byte expected: multiple memories are not supported");
    }
    requireMemory();
  }

  private void requireMemory() {
    if (module.memory == null) {
      throw in.malformed("unknown memory 0");
    }
  }

  private void memoryArgument(int naturalAlignment) {
    int alignment = in.u32();
    if (Integer.compareUnsigned(alignment, naturalAlignment) > 0) {
      throw in.malformed(
          (alignment & 0x40) != 0
              ? "multiple memories are not supported"
              : "alignment must not be larger than natural");
    }
    in.u32();
    requireMemory();
  }

  private static final byte[] ACCESS_TYPE = new byte[0x3f];
  private static final byte[] ACCESS_ALIGNMENT = new byte[0x3f];

  static {
    int[] types = {
      I32, I64, F32, F64, I32, I32, I32, I32, I64, I64, I64, I64, I64, I64, I32, I64, F32, F64, I32,
      I32, I64, I64, I64
    };
    int[] alignments = {2, 3, 2, 3, 0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 2, 3, 2, 3, 0, 1, 0, 1, 2};
    for (int i = 0; i < types.length; i++) {
      ACCESS_TYPE[0x28 + i] = (byte) types[i];
      ACCESS_ALIGNMENT[0x28 + i] = (byte) alignments[i];
    }
  }

  private void access(int opcode) {
    memoryArgument(ACCESS_ALIGNMENT[opcode]);
    if (opcode <= 0x35) {
      pop(I32);
      push(ACCESS_TYPE[opcode]);
    } else {
      pop(ACCESS_TYPE[opcode]);
      pop(I32);
    }
  }

  /** Result, operand, and whether there are two operands, for each numeric instruction. */
  private static final byte[] NUMERIC_RESULT = new byte[0xc5];

  private static final byte[] NUMERIC_OPERAND = new byte[0xc5];
  private static final boolean[] NUMERIC_BINARY = new boolean[0xc5];

  private static void numeric(int from, int to, int result, int operand, boolean binary) {
    for (int opcode = from; opcode <= to; opcode++) {
      NUMERIC_RESULT[opcode] = (byte) result;
      NUMERIC_OPERAND[opcode] = (byte) operand;
      NUMERIC_BINARY[opcode] = binary;
    }
  }

  static {
    numeric(0x45, 0x45, I32, I32, false);
    numeric(0x46, 0x4f, I32, I32, true);
    numeric(0x50, 0x50, I32, I64, false);
    numeric(0x51, 0x5a, I32, I64, true);
    numeric(0x5b, 0x60, I32, F32, true);
    numeric(0x61, 0x66, I32, F64, true);
    numeric(0x67, 0x69, I32, I32, false);
    numeric(0x6a, 0x78, I32, I32, true);
    numeric(0x79, 0x7b, I64, I64, false);
    numeric(0x7c, 0x8a, I64, I64, true);
    numeric(0x8b, 0x91, F32, F32, false);
    numeric(0x92, 0x98, F32, F32, true);
    numeric(0x99, 0x9f, F64, F64, false);
    numeric(0xa0, 0xa6, F64, F64, true);
    numeric(0xa7, 0xa7, I32, I64, false);
    numeric(0xa8, 0xa9, I32, F32, false);
    numeric(0xaa, 0xab, I32, F64, false);
    numeric(0xac, 0xad, I64, I32, false);
    numeric(0xae, 0xaf, I64, F32, false);
    numeric(0xb0, 0xb1, I64, F64, false);
    numeric(0xb2, 0xb3, F32, I32, false);
    numeric(0xb4, 0xb5, F32, I64, false);
    numeric(0xb6, 0xb6, F32, F64, false);
    numeric(0xb7, 0xb8, F64, I32, false);
    numeric(0xb9, 0xba, F64, I64, false);
    numeric(0xbb, 0xbb, F64, F32, false);
    numeric(0xbc, 0xbc, I32, F32, false);
    numeric(0xbd, 0xbd, I64, F64, false);
    numeric(0xbe, 0xbe, F32, I32, false);
    numeric(0xbf, 0xbf, F64, I64, false);
    numeric(0xc0, 0xc1, I32, I32, false);
    numeric(0xc2, 0xc4, I64, I64, false);
  }

  private void numeric(int opcode) {
    int operand = NUMERIC_OPERAND[opcode];
    pop(operand);
    if (NUMERIC_BINARY[opcode]) {
      pop(operand);
    }
    push(NUMERIC_RESULT[opcode]);
  }

  private void miscellaneous(int number) {
    switch (number) {
      case 0, 1 -> convert(F32, I32);
      case 2, 3 -> convert(F64, I32);
      case 4, 5 -> convert(F32, I64);
      case 6, 7 -> convert(F64, I64);
      case 8 -> {
        dataIndex();
        memoryIndex();
        popThreeIntegers();
      }
      case 9 -> dataIndex();
      case 10 -> {
        memoryIndex();
        memoryIndex();
        popThreeIntegers();
      }
      case 11 -> {
        memoryIndex();
        popThreeIntegers();
      }
      case 12 -> {
        int type = elementType();
        if (tableType() != type) {
          throw in.malformed("type mismatch between element segment and table");
        }
        popThreeIntegers();
      }
      case 13 -> elementType();
      case 14 -> {
        int target = tableType();
        int source = tableType();
        if (target != source) {
          throw in.malformed("type mismatch between tables");
        }
        popThreeIntegers();
      }
      case 15 -> {
        int type = tableType();
        pop(I32);
        pop(type);
        push(I32);
      }
      case 16 -> {
        tableType();
        push(I32);
      }
      case 17 -> {
        int type = tableType();
        pop(I32);
        pop(type);
        pop(I32);
      }
      default -> throw in.malformed("illegal opcode 0xfc " + Integer.toUnsignedString(number));
    }
  }

  private void convert(int from, int to) {
    pop(from);
    push(to);
  }

  private void popThreeIntegers() {
    pop(I32);
    pop(I32);
    pop(I32);
  }

  private void vector(int number) {
    if (!VectorOpcode.assigned(number)) {
      throw in.malformed(
          number >= 0x100 && number < 0x130
              ? "relaxed vector instructions are not supported: opcode 0xfd " + number
              : "illegal opcode 0xfd " + Integer.toUnsignedString(number));
    }
    vectors = true;
    switch (VectorOpcode.shape(number)) {
      case LOAD -> {
        memoryArgument(VectorOpcode.naturalAlignment(number));
        convert(I32, V128);
      }
      case STORE -> {
        memoryArgument(VectorOpcode.naturalAlignment(number));
        pop(V128);
        pop(I32);
      }
      case LOAD_LANE -> {
        memoryArgument(VectorOpcode.naturalAlignment(number));
        lane(VectorOpcode.lanes(number));
        pop(V128);
        convert(I32, V128);
      }
      case STORE_LANE -> {
        memoryArgument(VectorOpcode.naturalAlignment(number));
        lane(VectorOpcode.lanes(number));
        pop(V128);
        pop(I32);
      }
      case CONST -> {
        in.skip(16);
        push(V128);
      }
      case SHUFFLE -> {
        for (int i = 0; i < 16; i++) {
          lane(32);
        }
        pop(V128);
        convert(V128, V128);
      }
      case SPLAT -> convert(VectorOpcode.laneType(number), V128);
      case EXTRACT -> {
        lane(VectorOpcode.lanes(number));
        convert(V128, VectorOpcode.laneType(number));
      }
      case REPLACE -> {
        lane(VectorOpcode.lanes(number));
        pop(VectorOpcode.laneType(number));
        convert(V128, V128);
      }
      case UNARY -> convert(V128, V128);
      case BINARY -> {
        pop(V128);
        convert(V128, V128);
      }
      case TERNARY -> {
        pop(V128);
        pop(V128);
        convert(V128, V128);
      }
      case TEST -> convert(V128, I32);
      case SHIFT -> {
        pop(I32);
        convert(V128, V128);
      }
    }
  }

  private void lane(int count) {
    if (in.u8() >= count) {
      throw in.malformed("invalid lane index");
    }
  }
}
