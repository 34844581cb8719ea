package io.vivarium.wasm.engine;

/** The {@link MemoryAdmission} that admits everything: for tests and tools. */
enum UnlimitedMemory implements MemoryAdmission {
  INSTANCE;

  @Override
  public boolean tryAcquire(long bytes) {
    return true;
  }

  @Override
  public boolean ample(long bytes) {
    return true;
  }

  @Override
  public void release(long bytes) {}
}
