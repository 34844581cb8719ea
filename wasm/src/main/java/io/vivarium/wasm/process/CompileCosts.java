package io.vivarium.wasm.process;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.wasm.engine.CompileAllowance;
import io.vivarium.wasm.engine.MemoryAdmission;
import java.util.concurrent.TimeUnit;

/**
 * What one machine may make the host spend on modules, and the gauges that hear of it. Thread-safe.
 */
final class CompileCosts implements CompileAllowance {
  private final MemoryAdmission machine;
  private final MemoryAdmission host;
  private final Gauge time;
  private final Gauge space;

  /**
   * The costs of a machine.
   *
   * @param machine gives memory while a guest waits for its module
   * @param host gives memory to the compiler, whose results all machines share
   */
  CompileCosts(MemoryAdmission machine, MemoryAdmission host, Gauges gauges) {
    this.machine = machine;
    this.host = host;
    this.time = gauges.ofMachine(Limit.MODULE_COMPILE_TIME);
    this.space = gauges.ofMachine(Limit.MODULE_COMPILE_MEMORY);
  }

  @Override
  public long nanos() {
    return TimeUnit.MILLISECONDS.toNanos(time.capacity());
  }

  @Override
  public long bytes() {
    return space.capacity();
  }

  @Override
  public MemoryAdmission memory() {
    return machine;
  }

  @Override
  public MemoryAdmission compilerMemory() {
    return host;
  }

  @Override
  public void took(long nanos, long bytes) {
    time.set(TimeUnit.NANOSECONDS.toMillis(nanos));
    space.set(bytes);
  }

  @Override
  public void outOfTime(long nanos) {
    time.rose(time.capacity()); // it was near before it was over
    time.refused(Math.max(time.capacity() + 1, TimeUnit.NANOSECONDS.toMillis(nanos)));
  }

  @Override
  public void outOfMemory(long bytes) {
    space.refused(bytes);
  }
}
