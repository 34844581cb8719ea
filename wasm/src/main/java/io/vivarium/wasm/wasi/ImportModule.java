package io.vivarium.wasm.wasi;

import io.vivarium.wasm.engine.Signature;
import io.vivarium.wasm.engine.ValueType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The functions that guests can import from one module name. Immutable once built. */
public final class ImportModule {
  private final String name;
  private final Map<String, SystemFunction> functions;

  private ImportModule(String name, Map<String, SystemFunction> functions) {
    this.name = name;
    this.functions = functions;
  }

  /** Starts a module. */
  public static Builder named(String name) {
    return new Builder(name);
  }

  /** Such as {@code wasi_snapshot_preview1}. */
  public String name() {
    return name;
  }

  /** The function of this name, null when there is none. */
  public @Nullable SystemFunction find(String function) {
    return functions.get(function);
  }

  /** All functions, in the order of their definition. */
  public Collection<SystemFunction> functions() {
    return functions.values();
  }

  /** Collects functions; a name can be defined once. */
  public static final class Builder {
    private final String name;
    private final Map<String, SystemFunction> functions = new LinkedHashMap<>();

    private Builder(String name) {
      this.name = name;
    }

    /** Defines a function that answers an errno. */
    public Builder errno(String function, SystemFunction.Action action, ValueType... parameters) {
      return add(
          function,
          SystemFunction.errno(
              name + "." + function, type(List.of(ValueType.I32), parameters), action));
    }

    /** Defines a function that answers a value of {@code result}, and {@code failure} on error. */
    public Builder value(
        String function,
        ValueType result,
        long failure,
        SystemFunction.Body body,
        ValueType... parameters) {
      return add(
          function,
          SystemFunction.value(
              name + "." + function, type(List.of(result), parameters), body, failure));
    }

    /** Defines a function without result. */
    public Builder control(String function, SystemFunction.Body body, ValueType... parameters) {
      return add(
          function,
          SystemFunction.value(name + "." + function, type(List.of(), parameters), body, 0));
    }

    /** The module with everything defined so far. */
    public ImportModule build() {
      return new ImportModule(name, new LinkedHashMap<>(functions));
    }

    private Builder add(String function, SystemFunction defined) {
      if (functions.put(function, defined) != null) {
        throw new IllegalArgumentException("defined twice: " + defined.name());
      }
      return this;
    }

    private static Signature type(List<ValueType> results, ValueType... parameters) {
      return new Signature(List.of(parameters), results);
    }
  }
}
