package io.vivarium.wasm.engine.binary;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A decoded module: everything but the code of its functions, of which only the place is known.
 * Made by {@link ModuleDecoder} and not changed afterwards.
 */
public final class ModuleStructure {
  /** What kind of thing is imported or exported. */
  public enum Kind {
    FUNCTION,
    TABLE,
    MEMORY,
    GLOBAL;

    /** The kind that a number from 0 to 3 encodes. */
    static Kind of(int encoded) {
      return switch (encoded) {
        case 0 -> FUNCTION;
        case 1 -> TABLE;
        case 2 -> MEMORY;
        default -> GLOBAL;
      };
    }
  }

  /** A section: identifier, and where its contents are. */
  public record Section(int id, int start, int end) {}

  /**
   * An import; {@code type} is the index of the function type and means nothing for other kinds.
   */
  public record Import(String module, String name, Kind kind, int type) {}

  /** An export. */
  public record Export(Kind kind, int index) {}

  /** A table; elements are references of {@code type}. */
  public record Table(int type, long minimum, long maximum, boolean imported) {}

  /** A memory, in pages. */
  public record Memory(int minimum, int maximum, boolean imported) {}

  /** A global; {@code initial} is null when it is imported. */
  public record Global(int type, boolean mutable, @Nullable Constant initial) {}

  /** How a segment gets where it is used. */
  public enum Mode {
    ACTIVE,
    PASSIVE,
    DECLARATIVE
  }

  /**
   * An element segment; {@code offset} is null unless it is active. Values are function indices,
   * {@link #NULL_ELEMENT} or {@link #UNKNOWN_ELEMENT}.
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record ElementSegment(
      Mode mode, int table, @Nullable Constant offset, int type, int[] values) {}

  /** An element that is a null reference. */
  public static final int NULL_ELEMENT = -1;

  /** An element that depends on an imported global. */
  public static final int UNKNOWN_ELEMENT = -2;

  /** A data segment, its bytes being those of the module from {@code start} to {@code end}. */
  public record DataSegment(Mode mode, @Nullable Constant offset, int start, int end) {}

  /** What {@link #fuelGlobal} says of a module that does not pay for what it does. */
  public static final int NOT_METERED = -1;

  final byte[] bytes;
  final int fuelGlobal;
  final List<Section> sections = new ArrayList<>();
  final List<FunctionType> types = new ArrayList<>();
  final List<Import> imports = new ArrayList<>();
  final List<Table> tables = new ArrayList<>();
  final List<Global> globals = new ArrayList<>();
  final Map<String, Export> exports = new LinkedHashMap<>();
  final List<ElementSegment> elements = new ArrayList<>();
  final List<DataSegment> data = new ArrayList<>();
  int[] functionTypes = {};
  int importedFunctions;
  int importedGlobals;
  @Nullable Memory memory;
  int startFunction = -1;
  int dataCount = -1;
  int[] bodyStarts = {};
  int[] bodyEnds = {};

  ModuleStructure(byte[] bytes, int fuelGlobal) {
    this.bytes = bytes;
    this.fuelGlobal = fuelGlobal;
  }

  /** The module's own bytes. Nobody writes to them. */
  public byte[] bytes() {
    return bytes;
  }

  /**
   * The global that code assigns the price of what it will do next to, in order to pay; or {@link
   * #NOT_METERED}.
   */
  public int fuelGlobal() {
    return fuelGlobal;
  }

  /** Whether code pays for what it does. */
  public boolean isMetered() {
    return fuelGlobal != NOT_METERED;
  }

  /** All sections in order, custom ones included. */
  public List<Section> sections() {
    return sections;
  }

  /** The function types. */
  public List<FunctionType> types() {
    return types;
  }

  /** The imports. */
  public List<Import> imports() {
    return imports;
  }

  /** The type index of every function, imported ones first. */
  public int[] functionTypes() {
    return functionTypes;
  }

  /** How many functions are imported. */
  public int importedFunctions() {
    return importedFunctions;
  }

  /** How many globals are imported. */
  public int importedGlobals() {
    return importedGlobals;
  }

  /** How many functions there are, imported ones included. */
  public int functionCount() {
    return functionTypes.length;
  }

  /** The type of a function. */
  public FunctionType functionType(int function) {
    return types.get(functionTypes[function]);
  }

  /** The tables, imported ones first. */
  public List<Table> tables() {
    return tables;
  }

  /** The memory; null when there is none. */
  public @Nullable Memory memory() {
    return memory;
  }

  /** The globals, imported ones first. */
  public List<Global> globals() {
    return globals;
  }

  /** The exports by name. */
  public Map<String, Export> exports() {
    return exports;
  }

  /** The function to run on instantiation, or -1. */
  public int startFunction() {
    return startFunction;
  }

  /** The element segments. */
  public List<ElementSegment> elements() {
    return elements;
  }

  /** The data segments. */
  public List<DataSegment> data() {
    return data;
  }

  /** What the data count section says, or -1 without one. */
  public int dataCount() {
    return dataCount;
  }

  /** How many functions have a body here. */
  public int bodyCount() {
    return bodyStarts.length;
  }

  /** Where the body of the n-th function that is not imported starts: at its local declarations. */
  public int bodyStart(int body) {
    return bodyStarts[body];
  }

  /** Where it ends. */
  public int bodyEnd(int body) {
    return bodyEnds[body];
  }
}
