package io.vivarium.wasm.process;

import static io.vivarium.kernel.errno.Errno.ENOMEM;

import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.BinaryFormat;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Program;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.wasm.engine.FuelTank;
import io.vivarium.wasm.engine.GuestModule;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.MemoryAdmission;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.trace.Tracing;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.ImportTable;
import io.vivarium.wasm.wasi.host.HostModules;
import io.vivarium.wasm.wasi.preview1.Preview1;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.Function;

/**
 * WebAssembly modules as executable files: core modules of version 1 that export {@code _start}.
 *
 * <p>A module that imports anything from a {@code host_*} module was made for the machine and sees
 * it as POSIX programs do. Any other is a plain preview 1 program: by default it runs as a command
 * of the machine, with its user's reach; in a process that was {@linkplain #confine confined} it
 * gets a few directories and nothing else.
 *
 * <p>Thread-safe; one serves a whole machine.
 */
public final class WasmBinaryFormat implements BinaryFormat {
  private static final byte[] MAGIC = {0, 'a', 's', 'm', 1, 0, 0, 0};

  /** Everything any module can import. */
  private static final ImportTable IMPORTS = new ImportTable(importModules());

  private final Tracing tracing;
  private final ModuleFiles modules;
  private final Function<Process, SystemCalls> calls;
  private final MachineMemory memory;
  private final InstanceLimits limits;
  private final FuelOfProcesses fuel;
  private final Map<Process, List<Preopen>> confined =
      Collections.synchronizedMap(new WeakHashMap<>());

  /**
   * The format of a machine.
   *
   * @param engine runs the modules
   * @param calls the system calls of a process of the machine
   * @param host asked for memory that the limits of the machine allow
   * @param gauges the limits of the machine
   */
  public WasmBinaryFormat(
      WasmEngine engine,
      Function<Process, SystemCalls> calls,
      MemoryAdmission host,
      Gauges gauges) {
    this(engine, calls, host, gauges, Tracing.OFF);
  }

  /**
   * The format of a machine that is watched.
   *
   * @param tracing who watches the system calls of its processes
   */
  public WasmBinaryFormat(
      WasmEngine engine,
      Function<Process, SystemCalls> calls,
      MemoryAdmission host,
      Gauges gauges,
      Tracing tracing) {
    this.tracing = tracing;
    this.calls = calls;
    this.memory = new MachineMemory(host, gauges);
    this.fuel = new FuelOfProcesses(gauges);
    this.modules =
        new ModuleFiles(
            engine,
            gauges.ofMachine(Limit.MODULE_BYTES),
            memory,
            fuel.metering(),
            new CompileCosts(memory, host, gauges));
    int pages = (int) (gauges.limits().get(Limit.PROCESS_MEMORY) / InstanceLimits.PAGE);
    this.limits = InstanceLimits.DEFAULT.withMemoryPages(pages);
  }

  /**
   * Confines a process: a plain preview 1 program that runs in it reaches these directories and no
   * others. Has no effect on modules made for the machine. To be called before the program starts.
   *
   * @param directories what the program gets, as descriptors from 3 on in this order; may be empty
   */
  public void confine(Process process, List<Preopen> directories) {
    confined.put(process, List.copyOf(directories));
  }

  /**
   * What a process has used of its fuel, in units of {@link
   * io.vivarium.wasm.engine.fuel.FuelCosts}, without what the program that runs in it now has used;
   * 0 when fuel is not limited. Any thread.
   */
  public long fuelUsed(Process process) {
    FuelTank tank = fuel.of(process);
    return tank == null ? 0 : tank.used();
  }

  /** The modules guests can import from. */
  public static List<ImportModule> importModules() {
    List<ImportModule> modules = new ArrayList<>();
    modules.add(Preview1.SNAPSHOT_PREVIEW1);
    modules.add(Preview1.UNSTABLE);
    modules.addAll(HostModules.ALL);
    return modules;
  }

  @Override
  public boolean recognises(byte[] header, int length) {
    if (length < MAGIC.length) {
      return false;
    }
    for (int i = 0; i < MAGIC.length; i++) {
      if (header[i] != MAGIC[i]) {
        return false;
      }
    }
    return true;
  }

  @Override
  public Program load(Location file, String path, List<String> argv) {
    GuestModule module = modules.load(file.inode());
    checkMemory(module.initialMemoryBytes());
    return new WasmProgram(module, IMPORTS, calls, this::limitsOf, confined::get, tracing);
  }

  /** Lets exec and spawn fail while they still can; memory that is gone later ends the process. */
  private void checkMemory(long bytes) {
    if (bytes > 0 && !memory.admits(bytes)) {
      throw ENOMEM.exception();
    }
  }

  private InstanceLimits limitsOf(Process process) {
    return limits.withAdmission(memory.ofProcess(process.pid())).withFuel(fuel.of(process));
  }
}
