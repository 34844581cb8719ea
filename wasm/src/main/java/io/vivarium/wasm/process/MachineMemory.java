package io.vivarium.wasm.process;

import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.wasm.engine.MemoryAdmission;
import io.vivarium.wasm.engine.MemoryBudget;

/**
 * The guest memory of one machine: what each process holds, what all hold together, and behind that
 * what the JVM can give. Thread-safe.
 */
final class MachineMemory implements MemoryAdmission {
  private final MemoryAdmission host;
  private final Gauges gauges;
  private final Gauge gauge;
  private final MemoryBudget budget;

  /**
   * The memory of a machine whose limits are those of {@code gauges}.
   *
   * @param host is asked last
   */
  MachineMemory(MemoryAdmission host, Gauges gauges) {
    this.host = host;
    this.gauges = gauges;
    this.gauge = gauges.ofMachine(Limit.MACHINE_MEMORY);
    this.budget = new MemoryBudget(gauge.capacity());
    gauge.shows(budget::held);
  }

  @Override
  public boolean tryAcquire(long bytes) {
    if (!budget.tryAcquire(bytes)) {
      return false;
    }
    if (!host.tryAcquire(bytes)) {
      budget.release(bytes);
      return false;
    }
    gauge.rose(budget.held());
    return true;
  }

  @Override
  public boolean ample(long bytes) {
    return budget.ample(bytes) && host.ample(bytes);
  }

  @Override
  public void release(long bytes) {
    host.release(bytes);
    budget.release(bytes);
    gauge.fell(budget.held());
  }

  @Override
  public void refused(long wanted) {
    tellRefused(wanted);
  }

  /** Whether a process could start with so much memory now; nothing is taken. */
  boolean admits(long bytes) {
    if (bytes > gauges.limits().get(Limit.PROCESS_MEMORY)) {
      return false;
    }
    if (!tryAcquire(bytes)) {
      tellRefused(bytes);
      return false;
    }
    release(bytes);
    return true;
  }

  private void tellRefused(long more) {
    long wanted = budget.held() + more;
    if (wanted > budget.limit()) {
      gauge.refused(wanted);
    } else {
      host.refused(more);
    }
  }

  /** The part of one process. */
  MemoryAdmission ofProcess(int pid) {
    return new Part(gauges.ofProcess(Limit.PROCESS_MEMORY, pid));
  }

  private final class Part implements MemoryAdmission {
    private final Gauge own;
    private volatile long size;

    Part(Gauge own) {
      this.own = own;
    }

    @Override
    public boolean tryAcquire(long bytes) {
      return MachineMemory.this.tryAcquire(bytes);
    }

    @Override
    public boolean ample(long bytes) {
      return MachineMemory.this.ample(bytes);
    }

    @Override
    public void release(long bytes) {
      MachineMemory.this.release(bytes);
    }

    @Override
    public void sized(long bytes) {
      size = bytes;
      own.rose(bytes);
    }

    @Override
    public void refused(long wanted) {
      if (wanted > own.capacity()) {
        own.refused(wanted);
      } else {
        tellRefused(wanted - size);
      }
    }
  }
}
