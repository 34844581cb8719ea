package io.vivarium.wasm.engine;

import io.vivarium.wasm.engine.binary.Constant;
import io.vivarium.wasm.engine.binary.FunctionType;
import io.vivarium.wasm.engine.binary.ModuleStructure;
import io.vivarium.wasm.engine.binary.ModuleStructure.DataSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.ElementSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.Export;
import io.vivarium.wasm.engine.binary.ModuleStructure.Kind;
import io.vivarium.wasm.engine.binary.ModuleStructure.Mode;
import io.vivarium.wasm.engine.binary.WasmType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An instance: what is the same whether compiled code or the interpreter runs it. Public only
 * because compiled code calls it; everybody else sees {@link GuestInstance}.
 */
public final class LiveInstance implements GuestInstance {
  private static final long[] NOTHING = {};
  private static final int[] DROPPED = {};

  private final LoadedModule module;
  private final ModuleStructure structure;
  private final @Nullable Object context;
  private final HostFunction[] imports;
  private final MemoryAdmission admission;
  private long otherBytes;
  private final LinearMemory memory;
  private final TableBudget tableBudget;
  private GuestTable[] tables = {};

  /** Bits of every global, as {@link ValueType} says. */
  final long[] globals;

  private int @Nullable [][] elementSegments;
  private @Nullable Machine machine;
  private boolean closed;
  private final long[] result = new long[1];

  private final @Nullable FuelTank tank;
  private final long fuelAtFirst;

  /**
   * What is left of the fuel, less 2^63, so a subtraction that takes more than there is overflows.
   * Compiled code takes from it itself; public only for that.
   */
  public long fuelBalance;

  /** The balance below which the tank is told at the next call of the host; once. */
  private long noteBelow;

  private boolean tailCallPending;
  private int tailCallFunction;
  private long[] tailCallArguments = NOTHING;

  /** What the last host function threw, to be told from what the engine throws. */
  private @Nullable Throwable thrownByHost;

  private LiveInstance(
      LoadedModule module,
      List<HostFunction> imports,
      LinearMemory memory,
      InstanceLimits limits,
      @Nullable Object context) {
    this.module = module;
    this.structure = module.structure();
    this.imports = imports.toArray(HostFunction[]::new);
    this.memory = memory;
    this.context = context;
    this.admission = limits.admission();
    this.tableBudget = new TableBudget(limits.tableElements(), limits.admission());
    this.tank = limits.fuel();
    this.fuelAtFirst = tank == null ? FuelTank.UNLIMITED : tank.left();
    this.fuelBalance = fuelAtFirst + Long.MIN_VALUE;
    this.noteBelow = (tank == null ? 0 : tank.noteBelow()) + Long.MIN_VALUE;
    this.globals = new long[structure.globals().size()];
  }

  static LiveInstance create(
      LoadedModule module,
      ExecutableCode code,
      ImportResolver imports,
      InstanceLimits limits,
      @Nullable Object context)
      throws LinkFailure {
    List<HostFunction> functions = resolve(module, imports);
    LinearMemory memory = allocateMemory(module, limits);
    LiveInstance guest = new LiveInstance(module, functions, memory, limits, context);
    boolean done = false;
    try {
      guest.initialize(code);
      done = true;
    } catch (OutOfMemoryError e) {
      throw LinkFailure.outOfMemory("the host is out of memory");
    } finally {
      if (!done) {
        guest.close();
      }
    }
    return guest;
  }

  // ---- instantiation --------------------------------------------------------------------------

  private static List<HostFunction> resolve(LoadedModule module, ImportResolver imports)
      throws LinkFailure {
    for (ModuleStructure.Import imported : module.structure().imports()) {
      if (imported.kind() != Kind.FUNCTION) {
        throw new LinkFailure(
            "the module imports "
                + imported.module()
                + "."
                + imported.name()
                + ", which is no function; only functions can be imported");
      }
    }
    List<HostFunction> functions = new ArrayList<>();
    List<ImportedFunction> missing = new ArrayList<>();
    for (ImportedFunction imported : module.imports()) {
      if (imported.type().results().size() > 1) {
        throw new LinkFailure(imported + " returns more than one value");
      }
      HostFunction function = imports.resolve(imported);
      if (function == null) {
        missing.add(imported);
      } else {
        functions.add(function);
      }
    }
    if (!missing.isEmpty()) {
      throw LinkFailure.missing(missing);
    }
    return functions;
  }

  private static LinearMemory allocateMemory(LoadedModule module, InstanceLimits limits)
      throws LinkFailure {
    ModuleStructure.Memory declared = module.structure().memory();
    int initial = declared == null ? 0 : declared.minimum();
    int maximum = declared == null ? 0 : Math.min(declared.maximum(), limits.memoryPages());
    if (initial > maximum) {
      throw LinkFailure.outOfMemory(
          "the module starts with "
              + initial
              + " pages of memory, the limit is "
              + limits.memoryPages());
    }
    LinearMemory memory =
        LinearMemory.allocate(
            initial, maximum, limits.admission(), module.structure(), module.usualMemory());
    if (memory == null) {
      throw LinkFailure.outOfMemory(
          "no memory for the " + initial + " pages the module starts with");
    }
    return memory;
  }

  private void initialize(ExecutableCode code) throws LinkFailure {
    for (int i = 0; i < globals.length; i++) {
      Constant initial = structure.globals().get(i).initial();
      globals[i] = initial == null ? 0 : initial.low();
    }
    makeTables();
    layElements();
    layData();
    machine = code.machines().apply(this);
    if (structure.startFunction() >= 0) {
      run(structure.startFunction(), NOTHING);
    }
  }

  private void makeTables() throws LinkFailure {
    long elements = 0;
    for (ModuleStructure.Table table : structure.tables()) {
      elements += table.minimum();
    }
    if (!tableBudget.tryAcquire(elements)) {
      throw LinkFailure.outOfMemory(
          "no room for the " + elements + " table elements the module has");
    }
    GuestTable[] made = new GuestTable[structure.tables().size()];
    for (int i = 0; i < made.length; i++) {
      ModuleStructure.Table table = structure.tables().get(i);
      made[i] = new GuestTable((int) table.minimum(), (int) table.maximum(), tableBudget);
    }
    tables = made;
  }

  private void layElements() throws LinkFailure {
    for (ElementSegment segment : structure.elements()) {
      Constant offset = segment.offset();
      if (segment.mode() == Mode.ACTIVE && offset != null) {
        try {
          tables[segment.table()].init(
              segment.values(), (int) offset.low(), 0, segment.values().length);
        } catch (GuestTrap e) {
          throw new LinkFailure("an element segment lies outside its table");
        }
      }
    }
  }

  private void layData() throws LinkFailure {
    for (DataSegment segment : structure.data()) {
      Constant offset = segment.offset();
      if (offset == null) {
        continue;
      }
      int length = segment.end() - segment.start();
      if (!memory.contains((int) offset.low(), length)) {
        throw new LinkFailure("a data segment lies outside the memory");
      }
      memory.copyIn((int) offset.low(), structure.bytes(), segment.start(), length);
    }
  }

  // ---- what guest code calls ------------------------------------------------------------------

  @Override
  public LinearMemory memory() {
    return memory;
  }

  /** A table; called by compiled code. */
  public GuestTable table(int index) {
    return tables[index];
  }

  /** What table.init copies from: nothing once the segment is dropped or if it was active. */
  int[] elementSegment(int index) {
    return segments()[index];
  }

  private int[][] segments() {
    int[][] present = elementSegments;
    if (present == null) {
      present = new int[structure.elements().size()][];
      for (int i = 0; i < present.length; i++) {
        ElementSegment segment = structure.elements().get(i);
        present[i] = segment.mode() == Mode.PASSIVE ? segment.values() : DROPPED;
      }
      elementSegments = present;
    }
    return present;
  }

  /** elem.drop; called by compiled code. */
  public void setElement(int index, @Nullable Object nothing) {
    segments()[index] = DROPPED;
  }

  Machine machine() {
    Machine present = machine;
    if (present == null) {
      throw new IllegalStateException("the instance is closed");
    }
    return present;
  }

  ModuleStructure structure() {
    return structure;
  }

  InterpretedFunctions interpretedFunctions() {
    return module.interpretedFunctions();
  }

  /** Asks for memory that is given back when the instance is closed. */
  boolean acquire(long bytes) {
    if (!admission.tryAcquire(bytes)) {
      return false;
    }
    otherBytes += bytes;
    return true;
  }

  /** Calls an imported function. The array of results is reused by the next call. */
  long[] callImport(int function, long[] arguments) {
    StackGuard.check();
    if (fuelBalance < noteBelow) {
      noteFuel();
    }
    long value;
    try {
      value = imports[function].call(this, arguments);
    } catch (RuntimeException | Error e) {
      thrownByHost = e;
      throw e;
    }
    byte[] results = structure.functionType(function).results();
    if (results.length == 0) {
      return NOTHING;
    }
    result[0] = results[0] == WasmType.I32 ? (int) value : value;
    return result;
  }

  /**
   * Pays for what comes next, all of it or nothing.
   *
   * @param price not negative
   * @throws GuestTrap when there is not so much fuel
   */
  void pay(long price) {
    GuestCode.pay(price, this);
  }

  /** The function that an indirect call calls. */
  int indirectCallee(int index, int type, int table) {
    int function = tables[table].requiredRef(index);
    int actual = structure.functionTypes()[function];
    if (actual != type && !structure.types().get(actual).equals(structure.types().get(type))) {
      throw GuestCode.indirectCallTypeMismatch();
    }
    return function;
  }

  void setTailCall(int function, long[] arguments) {
    tailCallPending = true;
    tailCallFunction = function;
    tailCallArguments = arguments;
  }

  /** Whether a function returned in order to have another one called; called by compiled code. */
  public boolean isTailCallPending() {
    return tailCallPending;
  }

  /** The function to call then; called by compiled code. */
  public int tailCallFuncId() {
    return tailCallFunction;
  }

  /** Its arguments; called by compiled code. */
  public long[] tailCallArgs() {
    return tailCallArguments;
  }

  /** References among them, of which there are none; called by compiled code. */
  @SuppressWarnings("NullAway")
  public Object[] tailCallRefArgs() {
    return null;
  }

  /** Forgets the tail call; called by compiled code. */
  public void clearTailCall() {
    tailCallPending = false;
    tailCallArguments = NOTHING;
  }

  // ---- what the host calls --------------------------------------------------------------------

  @Override
  public GuestModule module() {
    return module;
  }

  @Override
  public @Nullable Object context() {
    return context;
  }

  @Override
  public boolean hasExport(String name) {
    return module.exportsFunction(name);
  }

  @Override
  public long[] call(String export, long... arguments) {
    Export exported = structure.exports().get(export);
    if (exported == null || exported.kind() != Kind.FUNCTION) {
      throw new IllegalArgumentException("the module exports no function " + export);
    }
    FunctionType type = structure.functionType(exported.index());
    if (arguments.length != type.parameters().length) {
      throw new IllegalArgumentException(
          export + " takes " + type.parameters().length + " arguments, not " + arguments.length);
    }
    long[] results = run(exported.index(), normalize(arguments, type.parameters()));
    return normalize(results, type.results());
  }

  /** A copy with numbers of 32 bits as {@link ValueType} says, whatever the upper half was. */
  private static long[] normalize(long[] values, byte[] types) {
    long[] normal = values.clone();
    for (int i = 0; i < types.length; i++) {
      if (types[i] == WasmType.I32) {
        normal[i] = (int) normal[i];
      }
    }
    return normal;
  }

  private long[] run(int function, long[] arguments) {
    Machine machine = machine();
    if (Thread.currentThread().isInterrupted()) {
      throw new GuestInterrupted();
    }
    try {
      long[] results = machine.call(function, arguments);
      return results == null ? NOTHING : results;
    } catch (RuntimeException | Error e) {
      clearTailCall();
      RuntimeException explained = explain(e);
      if (tank != null
          && explained instanceof GuestTrap trap
          && trap.kind() == TrapKind.OUT_OF_FUEL) {
        tank.ranOut(fuelLeft());
      }
      throw explained;
    }
  }

  private RuntimeException explain(Throwable thrown) {
    @SuppressWarnings("ReferenceEquality") // the very exception, not one like it
    boolean fromHost = thrown == thrownByHost;
    thrownByHost = null;
    if (!fromHost && structure.isMetered() && thrown instanceof ArithmeticException) {
      // A payment that overflowed. Nothing else in guest code throws this: divisions are checked.
      return GuestCode.outOfFuel();
    }
    if (fromHost && !(thrown instanceof MemoryFault)) {
      if (thrown instanceof RuntimeException unchanged) {
        return unchanged;
      }
      if (!(thrown instanceof VirtualMachineError)) {
        throw (Error) thrown;
      }
    }
    return Traps.translate(thrown);
  }

  private void noteFuel() {
    noteBelow = Long.MIN_VALUE;
    if (tank != null) {
      tank.note(fuelLeft());
    }
  }

  private long fuelLeft() {
    return fuelBalance - Long.MIN_VALUE;
  }

  @Override
  public long fuelUsed() {
    return fuelAtFirst - fuelLeft();
  }

  @Override
  public void close() {
    if (tank != null && !closed) {
      tank.putBack(fuelLeft());
    }
    if (!closed) {
      module.usualMemory().ended(memory.size);
    }
    closed = true;
    machine = null;
    memory.close();
    tableBudget.close();
    long held = otherBytes;
    otherBytes = 0;
    if (held > 0) {
      admission.release(held);
    }
  }
}
