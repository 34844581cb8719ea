package io.vivarium.wasm.process;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTermination;
import io.vivarium.kernel.process.Program;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.wasm.engine.FuelTank;
import io.vivarium.wasm.engine.GuestInstance;
import io.vivarium.wasm.engine.GuestInterrupted;
import io.vivarium.wasm.engine.GuestModule;
import io.vivarium.wasm.engine.GuestTrap;
import io.vivarium.wasm.engine.ImportedFunction;
import io.vivarium.wasm.engine.InstanceLimits;
import io.vivarium.wasm.engine.LinkFailure;
import io.vivarium.wasm.engine.TrapKind;
import io.vivarium.wasm.wasi.Directories;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportTable;
import io.vivarium.wasm.wasi.SignalSets;
import io.vivarium.wasm.wasi.TaggedRoot;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One run of a module in a process. */
final class WasmProgram implements Program {
  /** Exit status after a trap: what a shell shows for a process that aborted. */
  static final int TRAPPED = 134;

  /** Exit status when the module cannot be started, as of a program whose libraries are missing. */
  static final int CANNOT_START = 127;

  /** Exit status of a guest that was interrupted although nobody killed it. */
  private static final int INTERRUPTED = 137;

  private static final String START = "_start";
  private static final String TRAMPOLINE = "__wasi_signal_trampoline";
  private static final String INITIAL_MASK = "__agentos_set_initial_sigmask";

  private final GuestModule module;
  private final ImportTable imports;
  private final Function<Process, SystemCalls> callsOf;
  private final Function<Process, InstanceLimits> limitsOf;
  private final Function<Process, @Nullable List<Preopen>> preopensOf;

  WasmProgram(
      GuestModule module,
      ImportTable imports,
      Function<Process, SystemCalls> callsOf,
      Function<Process, InstanceLimits> limitsOf,
      Function<Process, @Nullable List<Preopen>> preopensOf) {
    this.module = module;
    this.imports = imports;
    this.callsOf = callsOf;
    this.limitsOf = limitsOf;
    this.preopensOf = preopensOf;
  }

  @Override
  public int run(Process process) {
    SystemCalls calls = callsOf.apply(process);
    Diagnostics diagnostics = new Diagnostics(process, calls);
    if (!module.exportsFunction(START)) {
      diagnostics.say("cannot start: the module exports no function " + START);
      return CANNOT_START;
    }
    try {
      Directories directories = directories(process, calls);
      GuestContext guest =
          new GuestContext(
              process,
              calls,
              directories,
              process.arguments(),
              // What is confined has no working directory that it could be told.
              directories.confined() ? process.environment() : GuestEnvironment.of(process, calls));
      return run(process, guest);
    } catch (LinkFailure e) {
      process.enterKernel();
      diagnostics.say("cannot start: " + e.getMessage());
      if (e.outOfMemory()) {
        // As of a program that Linux can not load after exec has passed the point of no return.
        throw ProcessTermination.signal(Signal.SIGKILL);
      }
      return CANNOT_START;
    } catch (GuestTrap e) {
      process.enterKernel();
      if (e.kind() == TrapKind.OUT_OF_FUEL) {
        throw outOfFuel(process, diagnostics);
      }
      diagnostics.say("wasm trap: " + e.getMessage());
      return TRAPPED;
    } catch (GuestInterrupted e) {
      process.enterKernel();
      return INTERRUPTED;
    } catch (ErrnoException e) {
      diagnostics.say("cannot start: " + e.errno().message());
      return CANNOT_START;
    }
  }

  /** As a program ends that has used the CPU time it may have and does not look after that. */
  private ProcessTermination outOfFuel(Process process, Diagnostics diagnostics) {
    FuelTank tank = limitsOf.apply(process).fuel();
    diagnostics.say("out of fuel after " + (tank == null ? 0 : tank.used()) + " instructions");
    return ProcessTermination.signal(Signal.SIGXCPU);
  }

  private int run(Process process, GuestContext guest) throws LinkFailure {
    process.leaveKernel();
    try (GuestInstance instance = module.instantiate(imports, limitsOf.apply(process), guest)) {
      process.setMemory(() -> instance.memory().size());
      prepareSignals(process, guest, instance);
      instance.start();
    } finally {
      // What is pending finds nobody who could handle it.
      process.signals().setTrampoline(null);
    }
    process.enterKernel();
    return 0;
  }

  private static void prepareSignals(Process process, GuestContext guest, GuestInstance instance) {
    if (instance.hasExport(TRAMPOLINE)) {
      guest.setCatchesSignals();
      process.signals().setTrampoline(signal -> instance.call(TRAMPOLINE, signal));
    }
    if (instance.hasExport(INITIAL_MASK)) {
      long mask = process.signals().mask();
      instance.call(INITIAL_MASK, SignalSets.low(mask), SignalSets.high(mask));
    }
  }

  private Directories directories(Process process, SystemCalls calls) {
    if (isMadeForMachine()) {
      return TaggedRoot.INSTANCE;
    }
    List<Preopen> preopens = preopensOf.apply(process);
    return preopens == null ? Preopens.ofCommand(calls) : Preopens.granted(calls, preopens);
  }

  private boolean isMadeForMachine() {
    for (ImportedFunction imported : module.imports()) {
      if (imported.module().startsWith("host_")) {
        return true;
      }
    }
    return false;
  }
}
