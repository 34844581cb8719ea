package io.vivarium.wasm.engine;

import run.endive.runtime.CallResult;

/**
 * What compiled guest code calls for everything that is no plain JVM instruction: memory, globals,
 * tables, host functions, interruption. The methods have the names and types of those the compiler
 * expects; {@link GuestClassRewriter} points the calls here, so that all modules share them, and
 * they work on our instances. Public only for that.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class GuestCode {
  private GuestCode() {}

  /**
   * Stops the guest when its thread was interrupted: at every backward branch, and at the entry of
   * every function that calls others.
   */
  public static void checkInterruption() {
    if (Thread.currentThread().isInterrupted()) {
      throw new GuestInterrupted();
    }
  }

  // ---- loads and stores -----------------------------------------------------------------------
  //
  // An address is a base and a constant offset, both unsigned. Memory ends below 2 GiB, so whenever
  // one of the two or their sum is negative as an int, the address lies outside.
  //
  // A guest function has hundreds of these calls. Each method is one longer than 35 bytes of
  // bytecode on purpose: up to that length HotSpot's first compiler copies a method, and all that
  // is behind a VarHandle, into every caller. That made compiling guests many times slower, and
  // the largest functions exceeded what that compiler can compile at all, so they stayed
  // interpreted. Where it pays, the second compiler copies methods of this length too. For the same
  // reason the methods call nothing in between: every call is one more that a compiler follows.

  public static byte memoryReadByte(int base, int offset, LinearMemory memory) {
    int address = base + offset;
    byte[] present = memory.bytes;
    if (base < 0 || offset < 0 || address < 0 || address >= memory.size) {
      throw LinearMemory.outOfBounds();
    }
    return present[address];
  }

  public static short memoryReadShort(int base, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 2) {
      throw LinearMemory.outOfBounds();
    }
    return (short) GuestMemory.SHORT.get(memory.bytes, address);
  }

  public static int memoryReadInt(int base, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 4) {
      throw LinearMemory.outOfBounds();
    }
    return (int) GuestMemory.INT.get(memory.bytes, address);
  }

  public static long memoryReadLong(int base, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 8) {
      throw LinearMemory.outOfBounds();
    }
    return (long) GuestMemory.LONG.get(memory.bytes, address);
  }

  public static float memoryReadFloat(int base, int offset, LinearMemory memory) {
    return Float.intBitsToFloat(memoryReadInt(base, offset, memory));
  }

  public static double memoryReadDouble(int base, int offset, LinearMemory memory) {
    return Double.longBitsToDouble(memoryReadLong(base, offset, memory));
  }

  public static void memoryWriteByte(int base, byte value, int offset, LinearMemory memory) {
    int address = base + offset;
    byte[] present = memory.bytes;
    if (base < 0 || offset < 0 || address < 0 || address >= memory.size) {
      throw LinearMemory.outOfBounds();
    }
    present[address] = value;
  }

  public static void memoryWriteShort(int base, short value, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 2) {
      throw LinearMemory.outOfBounds();
    }
    GuestMemory.SHORT.set(memory.bytes, address, value);
  }

  public static void memoryWriteInt(int base, int value, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 4) {
      throw LinearMemory.outOfBounds();
    }
    GuestMemory.INT.set(memory.bytes, address, value);
  }

  public static void memoryWriteLong(int base, long value, int offset, LinearMemory memory) {
    int address = base + offset;
    if ((base | offset | address) < 0 || address > memory.size - 8) {
      throw LinearMemory.outOfBounds();
    }
    GuestMemory.LONG.set(memory.bytes, address, value);
  }

  public static void memoryWriteFloat(int base, float value, int offset, LinearMemory memory) {
    memoryWriteInt(base, Float.floatToRawIntBits(value), offset, memory);
  }

  public static void memoryWriteDouble(int base, double value, int offset, LinearMemory memory) {
    memoryWriteLong(base, Double.doubleToRawLongBits(value), offset, memory);
  }

  // ---- the rest of memory ---------------------------------------------------------------------

  public static void memoryCopy(int target, int source, int length, LinearMemory memory) {
    memory.copy(target, source, length);
  }

  public static void memoryFill(int address, byte value, int length, LinearMemory memory) {
    memory.fill(address, value, length);
  }

  public static void memoryInit(
      int target, int offset, int length, int segment, LinearMemory memory) {
    memory.init(segment, target, offset, length);
  }

  public static int memoryGrow(int pages, LinearMemory memory) {
    return memory.grow(pages);
  }

  public static int memoryPages(LinearMemory memory) {
    return memory.pages();
  }

  public static void dataDrop(int segment, LiveInstance instance) {
    instance.memory().drop(segment);
  }

  // ---- fuel -----------------------------------------------------------------------------------

  /**
   * What an assignment to the fuel global becomes that is not done in line. Longer than 35 bytes on
   * purpose, like loads and stores.
   */
  public static void pay(long price, LiveInstance instance) {
    long before = instance.fuelBalance;
    long rest = before - price;
    if (price < 0) {
      throw new IllegalArgumentException("a price is negative");
    }
    if (rest > before) {
      throw outOfFuel();
    }
    instance.fuelBalance = rest;
  }

  static GuestTrap outOfFuel() {
    return new GuestTrap(TrapKind.OUT_OF_FUEL, "out of fuel");
  }

  // ---- globals and tables ---------------------------------------------------------------------

  public static long readGlobal(int index, LiveInstance instance) {
    return instance.globals[index];
  }

  public static void writeGlobal(long value, int index, LiveInstance instance) {
    instance.globals[index] = value;
  }

  public static boolean isRefNull(int reference) {
    return reference == GuestTable.NULL;
  }

  public static int tableGet(int index, int table, LiveInstance instance) {
    return instance.table(table).get(index);
  }

  public static void tableSet(int index, int value, int table, LiveInstance instance) {
    instance.table(table).set(index, value);
  }

  public static int tableSize(int table, LiveInstance instance) {
    return instance.table(table).size();
  }

  public static int tableGrow(int value, int count, int table, LiveInstance instance) {
    return instance.table(table).grow(count, value);
  }

  public static void tableFill(int start, int value, int count, int table, LiveInstance instance) {
    instance.table(table).fill(start, value, count);
  }

  public static void tableCopy(
      int target, int from, int count, int targetTable, int sourceTable, LiveInstance instance) {
    instance.table(targetTable).copy(instance.table(sourceTable), target, from, count);
  }

  public static void tableInit(
      int target, int from, int count, int segment, int table, LiveInstance instance) {
    instance.table(table).init(instance.elementSegment(segment), target, from, count);
  }

  /** The one comparison the compiler does not do in line. */
  public static int i32_ge_u(int a, int b) {
    return Integer.compareUnsigned(a, b) >= 0 ? 1 : 0;
  }

  // ---- calls ----------------------------------------------------------------------------------

  public static long[] callHostFunction(LiveInstance instance, int function, long[] arguments) {
    return instance.callImport(function, arguments);
  }

  /** For a function that is called by its number; references are numbers too, so there are none. */
  public static CallResult callHostFunctionWithRefs(
      LiveInstance instance, int function, long[] arguments, Object[] references) {
    return CallResult.of(instance.callImport(function, arguments), references);
  }

  /** Calls a function that has no compiled code. */
  public static long[] callIndirect(long[] arguments, int function, LiveInstance instance) {
    return instance.machine().call(function, arguments);
  }

  /** For tables that several instances share, which there are none of. */
  public static long[] callIndirect(
      long[] arguments, int type, int function, LiveInstance instance) {
    throw new IllegalStateException("tables are not shared: type " + type);
  }

  public static void setTailCall(int function, long[] arguments, LiveInstance instance) {
    instance.setTailCall(function, arguments);
  }

  public static void setTailCallIndirect(
      long[] arguments, int index, int type, int table, LiveInstance instance) {
    instance.setTailCall(instance.indirectCallee(index, type, table), arguments);
  }

  public static boolean isTailCallPending(LiveInstance instance) {
    return instance.isTailCallPending();
  }

  public static long[] resolveTailCall(LiveInstance instance) {
    int function = instance.tailCallFuncId();
    long[] arguments = instance.tailCallArgs();
    instance.clearTailCall();
    return instance.machine().call(function, arguments);
  }

  // ---- traps ----------------------------------------------------------------------------------

  public static RuntimeException throwCallStackExhausted(StackOverflowError overflow) {
    throw new GuestTrap(TrapKind.STACK_OVERFLOW, "call stack exhausted");
  }

  public static RuntimeException throwIndirectCallTypeMismatch() {
    return indirectCallTypeMismatch();
  }

  static GuestTrap indirectCallTypeMismatch() {
    return new GuestTrap(TrapKind.INDIRECT_CALL_TYPE_MISMATCH, "indirect call type mismatch");
  }

  /** For an access whose constant offset alone is beyond all memory. */
  public static RuntimeException throwOutOfBoundsMemoryAccess() {
    throw LinearMemory.outOfBounds();
  }

  public static RuntimeException throwTrapException() {
    throw new GuestTrap(TrapKind.UNREACHABLE, "unreachable");
  }

  public static RuntimeException throwUnknownFunction(int index) {
    throw new IllegalStateException("no function " + index);
  }
}
