package io.vivarium.wasm.process;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
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
  private final Gauges gauges;
  private final long each;
  private final Map<Process, FuelTank> tanks = Collections.synchronizedMap(new WeakHashMap<>());

  FuelOfProcesses(Gauges gauges) {
    this.gauges = gauges;
    this.each = gauges.limits().get(Limit.FUEL);
  }

  /** The form of modules that this takes. */
  Metering metering() {
    return each == Limit.FUEL.most() ? Metering.NONE : Metering.FUEL;
  }

  /** The tank of a process; null when there is no limit. */
  @Nullable FuelTank of(Process process) {
    return metering() == Metering.NONE
        ? null
        : tanks.computeIfAbsent(process, some -> tank(some.pid()));
  }

  private FuelTank tank(int pid) {
    Gauge gauge = gauges.ofProcess(Limit.FUEL, pid);
    return new FuelTank(each, each / 100 * Gauge.WARN_PERCENT, gauge::rose, gauge::refused);
  }
}
