package io.vivarium.wasm.engine.binary;

import io.vivarium.wasm.engine.binary.ModuleStructure.DataSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.ElementSegment;
import io.vivarium.wasm.engine.binary.ModuleStructure.Export;
import io.vivarium.wasm.engine.binary.ModuleStructure.Global;
import io.vivarium.wasm.engine.binary.ModuleStructure.Import;
import io.vivarium.wasm.engine.binary.ModuleStructure.Kind;
import io.vivarium.wasm.engine.binary.ModuleStructure.Memory;
import io.vivarium.wasm.engine.binary.ModuleStructure.Mode;
import io.vivarium.wasm.engine.binary.ModuleStructure.Section;
import io.vivarium.wasm.engine.binary.ModuleStructure.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a module and checks all of it but the code of its functions, which is the business of
 * {@link FunctionValidator} (WebAssembly 2.0 core specification, 5 and 3.4, with tail calls and
 * extended constant expressions; one memory).
 */
public final class ModuleDecoder {
  /**
   * The bounds other engines agree on ("implementation limitations" of the JavaScript interface).
   */
  static final int MAX_FUNCTIONS = 1_000_000;

  /** Most types of a module. */
  static final int MAX_TYPES = 1_000_000;

  /** Most imports of a module. */
  static final int MAX_IMPORTS = 100_000;

  /** Most exports of a module. */
  static final int MAX_EXPORTS = 100_000;

  /** Most globals of a module. */
  static final int MAX_GLOBALS = 1_000_000;

  /** Most tables of a module. */
  static final int MAX_TABLES = 100;

  /** Most elements a table can start with. */
  static final int MAX_TABLE_ELEMENTS = 10_000_000;

  /** Most data or element segments of a module. */
  static final int MAX_SEGMENTS = 100_000;

  /** Most parameters of a function. */
  static final int MAX_PARAMETERS = 1_000;

  /** Most results of a function. */
  static final int MAX_RESULTS = 1_000;

  /** Most bytes of the code of a function. */
  static final int MAX_BODY_BYTES = 7_654_321;

  /** Most pages that a memory can name, as the specification has it. */
  static final int MAX_PAGES = 65_536;

  /** What a section costs in memory. */
  private static final int SECTION_BYTES = 32;

  /**
   * What a thing of a module costs in memory beside its contents: the object, its place, arrays.
   */
  private static final int OBJECT_BYTES = 64;

  private static final int CUSTOM = 0;
  private static final int CODE = 10;
  private static final int DATA = 11;

  /** Section identifiers in the order they have to come in. */
  private static final int[] ORDER = {1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11};

  private final ModuleStructure module;
  private final BinaryReader in;
  private final Effort effort;
  private int definedFunctions;

  private ModuleDecoder(byte[] bytes, int fuelGlobal, Effort effort) {
    this.effort = effort;
    this.module = new ModuleStructure(bytes, fuelGlobal);
    this.in = new BinaryReader(bytes, 0, bytes.length);
  }

  /**
   * Decodes.
   *
   * @param bytes kept, not copied
   * @throws MalformedModule when they are no module or not a supported one
   */
  public static ModuleStructure decode(byte[] bytes) {
    return decode(bytes, Effort.unlimited());
  }

  /**
   * Decodes.
   *
   * @param bytes kept, not copied
   * @throws MalformedModule when they are no module or not a supported one
   * @throws EffortExceeded when that takes too much
   */
  public static ModuleStructure decode(byte[] bytes, Effort effort) {
    return decodeMetered(bytes, ModuleStructure.NOT_METERED, effort);
  }

  /**
   * Decodes what metering made of a valid module, or what was made of that. Metering adds a global,
   * a local variable and some code; what was at the bound of one of these is beyond it now, so the
   * bounds on them do not hold.
   *
   * @param fuelGlobal the global that fuel is paid to
   */
  public static ModuleStructure decodeMetered(byte[] bytes, int fuelGlobal) {
    return decodeMetered(bytes, fuelGlobal, Effort.unlimited());
  }

  /**
   * The same.
   *
   * @throws EffortExceeded when that takes too much
   */
  public static ModuleStructure decodeMetered(byte[] bytes, int fuelGlobal, Effort effort) {
    ModuleDecoder decoder = new ModuleDecoder(bytes, fuelGlobal, effort);
    decoder.sections();
    return decoder.module;
  }

  private void sections() {
    if (in.remaining() < 8 || in.fixed32() != 0x6d73_6100) {
      throw new MalformedModule("not a WebAssembly module: magic header not detected");
    }
    int version = in.fixed32();
    if (version != 1) {
      throw new MalformedModule(
          version == 0x1_000d
              ? "a WebAssembly component; only core modules are supported"
              : "unknown binary version " + version);
    }
    int place = -1;
    while (!in.atEnd()) {
      int id = in.u8();
      int size = in.u32();
      if (size < 0 || size > in.remaining()) {
        throw in.malformed("length out of bounds of section " + id);
      }
      int end = in.position() + size;
      effort.take(SECTION_BYTES);
      effort.step(1);
      module.sections.add(new Section(id, in.position(), end));
      BinaryReader contents = new BinaryReader(module.bytes, in.position(), end);
      in.seek(end);
      if (id == CUSTOM) {
        contents.name();
        continue;
      }
      int next = place(id);
      if (next <= place) {
        throw in.malformed("unexpected content after last section: section " + id);
      }
      place = next;
      section(id, contents);
      if (!contents.atEnd()) {
        throw contents.malformed("section size mismatch in section " + id);
      }
    }
    finish();
  }

  private int place(int id) {
    for (int i = 0; i < ORDER.length; i++) {
      if (ORDER[i] == id) {
        return i;
      }
    }
    throw in.malformed(
        id == 13 ? "exception handling is not supported" : "malformed section id " + id);
  }

  private void section(int id, BinaryReader in) {
    switch (id) {
      case 1 -> types(in);
      case 2 -> imports(in);
      case 3 -> functions(in);
      case 4 -> tables(in);
      case 5 -> memories(in);
      case 6 -> globals(in);
      case 7 -> exports(in);
      case 8 -> module.startFunction = in.u32();
      case 9 -> elements(in);
      case CODE -> code(in);
      case DATA -> data(in);
      default -> dataCount(in);
    }
  }

  private void finish() {
    if (definedFunctions != module.bodyStarts.length) {
      throw in.malformed("function and code section have inconsistent lengths");
    }
    if (module.dataCount >= 0 && module.dataCount != module.data.size()) {
      throw in.malformed("data count and data section have inconsistent lengths");
    }
    for (Export export : module.exports.values()) {
      checkIndex(export.kind(), export.index());
    }
    if (module.startFunction != -1) {
      checkIndex(Kind.FUNCTION, module.startFunction);
      FunctionType type = module.functionType(module.startFunction);
      if (type.parameters().length != 0 || type.results().length != 0) {
        throw in.malformed("start function takes or returns something");
      }
    }
  }

  private void checkIndex(Kind kind, int index) {
    int count =
        switch (kind) {
          case FUNCTION -> module.functionTypes.length;
          case TABLE -> module.tables.size();
          case MEMORY -> module.memory == null ? 0 : 1;
          case GLOBAL -> module.globals.size();
        };
    if (Integer.compareUnsigned(index, count) >= 0) {
      throw in.malformed(
          "unknown "
              + switch (kind) {
                case FUNCTION -> "function ";
                case TABLE -> "table ";
                case MEMORY -> "memory ";
                case GLOBAL -> "global ";
              }
              + Integer.toUnsignedString(index));
    }
  }

  // ---- sections -------------------------------------------------------------------------------

  private void types(BinaryReader in) {
    int count = in.count("types", MAX_TYPES);
    effort.take(count, OBJECT_BYTES);
    for (int i = 0; i < count; i++) {
      int form = in.u8();
      if (form != 0x60) {
        throw in.malformed(
            form == 0x5e || form == 0x5f || form == 0x50 || form == 0x4f || form == 0x4e
                ? "garbage-collected types are not supported"
                : "malformed type");
      }
      byte[] parameters = valueTypes(in, in.count("parameters", MAX_PARAMETERS));
      byte[] results = valueTypes(in, in.count("results", MAX_RESULTS));
      effort.step(1 + parameters.length + results.length);
      effort.take(parameters.length + results.length);
      module.types.add(new FunctionType(parameters, results));
    }
  }

  private static byte[] valueTypes(BinaryReader in, int count) {
    if (count == 0) {
      return FunctionType.NONE;
    }
    byte[] types = new byte[count];
    for (int i = 0; i < count; i++) {
      types[i] = (byte) valueType(in);
    }
    return types;
  }

  static int valueType(BinaryReader in) {
    int type = in.u8();
    if (!WasmType.isValue(type)) {
      throw in.malformed(WasmType.refusal(type));
    }
    return type;
  }

  private static int referenceType(BinaryReader in) {
    int type = in.u8();
    if (!WasmType.isReference(type)) {
      throw in.malformed(WasmType.refusal(type));
    }
    return type;
  }

  private int typeIndex(BinaryReader in) {
    int index = in.u32();
    if (Integer.compareUnsigned(index, module.types.size()) >= 0) {
      throw in.malformed("unknown type " + Integer.toUnsignedString(index));
    }
    return index;
  }

  /** Names of so many bytes were read. */
  private void names(int length) {
    effort.step(1 + length);
    effort.take(2L * length);
  }

  private void imports(BinaryReader in) {
    int count = in.count("imports", MAX_IMPORTS);
    effort.take(count, 2 * OBJECT_BYTES);
    int[] functions = new int[count];
    for (int i = 0; i < count; i++) {
      int start = in.position();
      String from = in.name();
      String name = in.name();
      names(in.position() - start);
      int kind = in.u8();
      int type = 0;
      switch (kind) {
        case 0 -> {
          type = typeIndex(in);
          functions[module.importedFunctions++] = type;
        }
        case 1 -> module.tables.add(table(in, true));
        case 2 -> memory(in, true);
        case 3 -> {
          module.globals.add(new Global(valueType(in), mutability(in), null));
          module.importedGlobals++;
        }
        default ->
            throw in.malformed(
                kind == 4 ? "exception handling is not supported" : "malformed import kind");
      }
      module.imports.add(new Import(from, name, Kind.of(kind), type));
    }
    module.functionTypes = Arrays.copyOf(functions, module.importedFunctions);
  }

  private void functions(BinaryReader in) {
    int count = in.count("functions", MAX_FUNCTIONS);
    effort.take(count + module.importedFunctions, Integer.BYTES);
    int imported = module.importedFunctions;
    int[] all = Arrays.copyOf(module.functionTypes, imported + count);
    for (int i = 0; i < count; i++) {
      all[imported + i] = typeIndex(in);
      effort.step(1);
    }
    module.functionTypes = all;
    definedFunctions = count;
  }

  private static boolean mutability(BinaryReader in) {
    int flag = in.u8();
    if (flag > 1) {
      throw in.malformed("malformed mutability");
    }
    return flag == 1;
  }

  private static Table table(BinaryReader in, boolean imported) {
    int type = referenceType(in);
    int flags = in.u8();
    if (flags > 1) {
      throw in.malformed("malformed or unsupported table limits");
    }
    long minimum = in.u32() & 0xffff_ffffL;
    long maximum = flags == 1 ? in.u32() & 0xffff_ffffL : 0xffff_ffffL;
    if (minimum > maximum) {
      throw in.malformed("size minimum must not be greater than maximum");
    }
    if (minimum > MAX_TABLE_ELEMENTS) {
      throw in.malformed("table too large: " + minimum + " elements");
    }
    return new Table(type, minimum, Math.min(maximum, MAX_TABLE_ELEMENTS), imported);
  }

  private void tables(BinaryReader in) {
    int count = in.count("tables", MAX_TABLES);
    for (int i = 0; i < count; i++) {
      module.tables.add(table(in, false));
    }
    if (module.tables.size() > MAX_TABLES) {
      throw in.malformed("too many tables");
    }
  }

  private void memory(BinaryReader in, boolean imported) {
    int flags = in.u8();
    if (flags > 1) {
      throw in.malformed(
          flags < 4 ? "shared memory is not supported" : "64-bit memory is not supported");
    }
    long minimum = in.u32() & 0xffff_ffffL;
    long maximum = flags == 1 ? in.u32() & 0xffff_ffffL : MAX_PAGES;
    if (minimum > MAX_PAGES || maximum > MAX_PAGES) {
      throw in.malformed("memory size must be at most 65536 pages (4GiB)");
    }
    if (minimum > maximum) {
      throw in.malformed("size minimum must not be greater than maximum");
    }
    if (module.memory != null) {
      throw in.malformed("multiple memories are not supported");
    }
    module.memory = new Memory((int) minimum, (int) maximum, imported);
  }

  private void memories(BinaryReader in) {
    int count = in.count("memories", 100);
    for (int i = 0; i < count; i++) {
      memory(in, false);
    }
  }

  private void globals(BinaryReader in) {
    int count = in.count("globals", module.isMetered() ? Integer.MAX_VALUE : MAX_GLOBALS);
    effort.take(count, 2 * OBJECT_BYTES);
    for (int i = 0; i < count; i++) {
      effort.step(1);
      int type = valueType(in);
      boolean mutable = mutability(in);
      module.globals.add(new Global(type, mutable, constant(in, type)));
    }
  }

  private void exports(BinaryReader in) {
    int count = in.count("exports", MAX_EXPORTS);
    effort.take(count, 2 * OBJECT_BYTES);
    for (int i = 0; i < count; i++) {
      int start = in.position();
      String name = in.name();
      names(in.position() - start);
      int kind = in.u8();
      if (kind > 3) {
        throw in.malformed("malformed export kind");
      }
      if (module.exports.put(name, new Export(Kind.of(kind), in.u32())) != null) {
        throw in.malformed("duplicate export name " + name);
      }
    }
  }

  private void elements(BinaryReader in) {
    int count = in.count("element segments", MAX_SEGMENTS);
    effort.take(count, 2 * OBJECT_BYTES);
    for (int i = 0; i < count; i++) {
      effort.step(1);
      module.elements.add(element(in));
    }
  }

  private ElementSegment element(BinaryReader in) {
    int flags = in.u32();
    if (flags < 0 || flags > 7) {
      throw in.malformed("malformed element segment");
    }
    Mode mode = (flags & 1) == 0 ? Mode.ACTIVE : (flags & 2) == 0 ? Mode.PASSIVE : Mode.DECLARATIVE;
    int table = 0;
    Constant offset = null;
    if (mode == Mode.ACTIVE) {
      table = (flags & 2) != 0 ? in.u32() : 0;
      checkIndex(Kind.TABLE, table);
      offset = constant(in, WasmType.I32);
    }
    boolean expressions = (flags & 4) != 0;
    int type = WasmType.FUNCREF;
    if ((flags & 3) != 0) {
      if (expressions) {
        type = referenceType(in);
      } else if (in.u8() != 0) {
        throw in.malformed("malformed element kind");
      }
    }
    if (mode == Mode.ACTIVE && module.tables.get(table).type() != type) {
      throw in.malformed("type mismatch between element segment and table");
    }
    int count = in.count("elements", MAX_TABLE_ELEMENTS);
    effort.take(count, Integer.BYTES);
    int[] values = new int[count];
    for (int i = 0; i < count; i++) {
      effort.step(1);
      if (expressions) {
        Constant value = constant(in, type);
        values[i] = value.known() ? (int) value.low() : ModuleStructure.UNKNOWN_ELEMENT;
      } else {
        values[i] = in.u32();
        checkIndex(Kind.FUNCTION, values[i]);
      }
    }
    return new ElementSegment(mode, table, offset, type, values);
  }

  private void code(BinaryReader in) {
    int count = in.count("function bodies", MAX_FUNCTIONS);
    effort.take(count, 2 * Integer.BYTES);
    int[] starts = new int[count];
    int[] ends = new int[count];
    for (int i = 0; i < count; i++) {
      int size = in.u32();
      if (size < 0 || (size > MAX_BODY_BYTES && !module.isMetered())) {
        throw in.malformed("function body too large");
      }
      effort.step(1);
      starts[i] = in.position();
      in.skip(size);
      ends[i] = in.position();
    }
    module.bodyStarts = starts;
    module.bodyEnds = ends;
  }

  private void dataCount(BinaryReader in) {
    int count = in.u32();
    if (count < 0 || count > MAX_SEGMENTS) {
      throw in.malformed("too many data segments");
    }
    module.dataCount = count;
  }

  private void data(BinaryReader in) {
    int count = in.count("data segments", MAX_SEGMENTS);
    effort.take(count, 2 * OBJECT_BYTES);
    for (int i = 0; i < count; i++) {
      int flags = in.u32();
      if (flags < 0 || flags > 2) {
        throw in.malformed("malformed data segment");
      }
      Constant offset = null;
      if (flags != 1) {
        checkIndex(Kind.MEMORY, flags == 2 ? in.u32() : 0);
        offset = constant(in, WasmType.I32);
      }
      int length = in.count("bytes in a data segment", Integer.MAX_VALUE);
      effort.step(1);
      int start = in.position();
      in.skip(length);
      Mode mode = flags == 1 ? Mode.PASSIVE : Mode.ACTIVE;
      module.data.add(new DataSegment(mode, offset, start, start + length));
    }
  }

  // ---- constant expressions -------------------------------------------------------------------

  private Constant constant(BinaryReader in, int expected) {
    @Nullable Constant value = null;
    List<Constant> below = new ArrayList<>(2);
    for (int opcode = in.u8(); opcode != 0x0b; opcode = in.u8()) {
      Constant next;
      if (opcode == 0x6a
          || opcode == 0x6b
          || opcode == 0x6c
          || opcode == 0x7c
          || opcode == 0x7d
          || opcode == 0x7e) {
        if (value == null || below.isEmpty()) {
          throw in.malformed("type mismatch in constant expression");
        }
        next = arithmetic(in, opcode, below.removeLast(), value);
      } else {
        if (value != null) {
          below.add(value);
        }
        next = operand(in, opcode);
      }
      value = next;
    }
    if (value == null || !below.isEmpty() || value.type() != expected) {
      throw in.malformed("type mismatch in constant expression");
    }
    return value;
  }

  private Constant operand(BinaryReader in, int opcode) {
    return switch (opcode) {
      case 0x41 -> Constant.of(WasmType.I32, in.s32());
      case 0x42 -> Constant.of(WasmType.I64, in.s64());
      case 0x43 -> Constant.of(WasmType.F32, in.fixed32());
      case 0x44 -> Constant.of(WasmType.F64, in.fixed64());
      case 0x23 -> globalConstant(in);
      case 0xd0 -> Constant.of(referenceType(in), -1);
      case 0xd2 -> {
        int function = in.u32();
        checkIndex(Kind.FUNCTION, function);
        yield Constant.of(WasmType.FUNCREF, function);
      }
      case 0xfd -> {
        if (in.u32() != 12) {
          throw in.malformed("constant expression required");
        }
        yield new Constant(WasmType.V128, in.fixed64(), in.fixed64(), true);
      }
      default -> throw in.malformed("constant expression required");
    };
  }

  private Constant globalConstant(BinaryReader in) {
    int index = in.u32();
    checkIndex(Kind.GLOBAL, index);
    Global global = module.globals.get(index);
    if (global.mutable()) {
      throw in.malformed("constant expression required");
    }
    Constant initial = global.initial();
    return initial != null ? initial : new Constant(global.type(), 0, 0, false);
  }

  private static Constant arithmetic(BinaryReader in, int opcode, Constant a, Constant b) {
    int type = opcode < 0x70 ? WasmType.I32 : WasmType.I64;
    if (a.type() != type || b.type() != type) {
      throw in.malformed("type mismatch in constant expression");
    }
    long result =
        switch (opcode) {
          case 0x6a, 0x7c -> a.low() + b.low();
          case 0x6b, 0x7d -> a.low() - b.low();
          default -> a.low() * b.low();
        };
    long bits = type == WasmType.I32 ? (int) result : result;
    return new Constant(type, bits, 0, a.known() && b.known());
  }
}
