package io.vivarium.wasm.process;

import io.vivarium.kernel.process.Process;
import io.vivarium.wasm.engine.FuelTank;
import io.vivarium.wasm.engine.Metering;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The fuel of every process of a machine. It belongs to the process, not to the program: what exec
 * starts goes on with what is left. A child starts with a full tank of its own. Thread-safe.
 */
final class FuelOfProcesses {
  private final long each;
  private final Map<Process, FuelTank> tanks = Collections.synchronizedMap(new WeakHashMap<>());

  /** For processes that may use so much each, or {@link FuelTank#UNLIMITED}. */
  FuelOfProcesses(long each) {
    this.each = each;
  }

  /** The form of modules that this takes. */
  Metering metering() {
    return each == FuelTank.UNLIMITED ? Metering.NONE : Metering.FUEL;
  }

  /** The tank of a process; null when there is no limit. */
  @Nullable FuelTank of(Process process) {
    return each == FuelTank.UNLIMITED
        ? null
        : tanks.computeIfAbsent(process, any -> new FuelTank(each));
  }
}
