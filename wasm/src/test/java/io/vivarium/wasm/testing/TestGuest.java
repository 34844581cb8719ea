package io.vivarium.wasm.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vivarium.kernel.process.ControlFlow;
import io.vivarium.kernel.process.Process;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.engine.HostFunction;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.InvalidModule;
import io.vivarium.wasm.engine.LinkFailure;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.process.WasmBinaryFormat;
import io.vivarium.wasm.trace.CallObserver;
import io.vivarium.wasm.wasi.Directories;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.SystemFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A guest whose code is the test: it has the memory of a real instance and makes real calls on the
 * thread of a real process, without any WebAssembly code in between.
 */
public final class TestGuest {
  /** Where tests put what they pass; below are results. */
  public static final int DATA = 4096;

  /** Where room begins after {@link #reset}. */
  public static final int SCRATCH = 65_536;

  private static final WasmEngine ENGINE = TestMachine.engine();
  private static final Map<String, SystemFunction> FUNCTIONS = functions();

  private final GuestInstance instance;
  private final Process process;
  private int next = DATA;

  private TestGuest(GuestInstance instance, Process process) {
    this.instance = instance;
    this.process = process;
  }

  /** What a test does as a guest. */
  @FunctionalInterface
  public interface Body {
    /** Runs on the thread of the process. */
    void run(TestGuest guest);
  }

  /** Runs a body as a process of a machine; what it throws comes out here. */
  public static void run(
      TestMachine machine, Function<Process, Directories> directories, Body body) {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    machine.install(
        "/bin/guest",
        process -> {
          CallObserver observer = machine.tracing().observer(process);
          if (observer != null) {
            observer.begin();
          }
          try (GuestInstance instance =
              instance(machine, process, directories.apply(process), observer)) {
            body.run(new TestGuest(instance, process));
          } catch (ControlFlow e) {
            throw e;
          } catch (Throwable e) {
            failure.set(e);
          }
          return 0;
        });
    TestMachine.Result result = machine.run("guest");
    if (failure.get() instanceof AssertionError assertion) {
      throw assertion;
    }
    if (failure.get() != null || result.status() != 0) {
      throw new AssertionError("the guest failed: " + result, failure.get());
    }
  }

  private static GuestInstance instance(
      TestMachine machine,
      Process process,
      Directories directories,
      @Nullable CallObserver observer)
      throws InvalidModule, LinkFailure {
    GuestContext context =
        new GuestContext(
            process,
            machine.calls(process),
            directories,
            List.of("guest", "", "two words"),
            List.of("A=1", "B="),
            observer);
    byte[] module = new ModuleBuilder().memory(2).build();
    return ENGINE
        .load(module)
        .instantiate(imported -> null, InstanceLimits.DEFAULT.withMemoryPages(16), context);
  }

  private static Map<String, SystemFunction> functions() {
    Map<String, SystemFunction> functions = new HashMap<>();
    for (SystemFunction function : all()) {
      functions.put(function.name(), function);
    }
    return functions;
  }

  /** Every function that guests can import. */
  public static List<SystemFunction> all() {
    List<SystemFunction> all = new ArrayList<>();
    for (ImportModule module : WasmBinaryFormat.importModules()) {
      all.addAll(module.functions());
    }
    return all;
  }

  /** The process. */
  public Process process() {
    return process;
  }

  /** The instance. */
  public GuestInstance instance() {
    return instance;
  }

  /** The memory. */
  public GuestMemory memory() {
    return instance.memory();
  }

  /** Calls a function of preview 1. */
  public int wasi(String name, long... arguments) {
    return (int) call("wasi_snapshot_preview1." + name, arguments);
  }

  /** Calls any function; arguments that are no i64 are cut as the engine does. */
  public long call(String name, long... arguments) {
    SystemFunction function = FUNCTIONS.get(name);
    if (function == null) {
      throw new AssertionError("no function " + name);
    }
    int count = function.type().parameters().size();
    if (arguments.length != count) {
      throw new AssertionError(name + " takes " + count + " arguments, not " + arguments.length);
    }
    HostFunction host = function;
    return host.call(instance, arguments.clone());
  }

  /** Puts bytes into memory and says where. */
  public int put(byte[] bytes) {
    int at = room(bytes.length);
    memory().copyIn(at, bytes, 0, bytes.length);
    return at;
  }

  /** Puts text into memory and says where. */
  public int put(String text) {
    return put(text.getBytes(UTF_8));
  }

  /** Finds room, aligned to 8 bytes. */
  public int room(int length) {
    int at = next;
    next = (next + length + 15) & ~7;
    return at;
  }

  /** Forgets the latest {@link #room}: from now on it is given out again, from {@link #SCRATCH}. */
  public void reset() {
    next = SCRATCH;
  }

  /** Text in memory. */
  public String text(int address, int length) {
    return new String(memory().copy(address, length), UTF_8);
  }

  /** Puts one iovec into memory and says where. */
  public int iovec(int address, int length) {
    int at = room(8);
    memory().putInt(at, address);
    memory().putInt(at + 4, length);
    return at;
  }

  /** Opens a file with all rights; answers the descriptor. */
  public int open(int dirfd, String path, int oflags, long rights) {
    int result = room(4);
    int length = path.getBytes(UTF_8).length;
    int errno = wasi("path_open", dirfd, 1, put(path), length, oflags, rights, -1, 0, result);
    if (errno != 0) {
      throw new AssertionError("path_open " + path + ": errno " + errno);
    }
    return memory().getInt(result);
  }
}
