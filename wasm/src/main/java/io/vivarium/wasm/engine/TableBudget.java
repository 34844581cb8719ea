package io.vivarium.wasm.engine;

/** Room for the elements of all tables of one instance. */
final class TableBudget {
  private final int limit;
  private final MemoryAdmission admission;
  private int elements;

  TableBudget(int limit, MemoryAdmission admission) {
    this.limit = limit;
    this.admission = admission;
  }

  /** Asks for room. */
  boolean tryAcquire(long more) {
    if (more == 0) {
      return true;
    }
    if (more > limit - elements || !admission.tryAcquire(more * GuestTable.ELEMENT_BYTES)) {
      return false;
    }
    elements += (int) more;
    return true;
  }

  /** Gives room back. */
  void release(int fewer) {
    elements -= fewer;
    if (fewer > 0) {
      admission.release(fewer * (long) GuestTable.ELEMENT_BYTES);
    }
  }

  /** Gives all room back. */
  void close() {
    release(elements);
  }
}
