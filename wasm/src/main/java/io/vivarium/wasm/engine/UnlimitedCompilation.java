package io.vivarium.wasm.engine;

/** As much as it takes. */
enum UnlimitedCompilation implements CompileAllowance {
  INSTANCE;

  @Override
  public long nanos() {
    return Long.MAX_VALUE;
  }

  @Override
  public long bytes() {
    return Long.MAX_VALUE;
  }

  @Override
  public MemoryAdmission memory() {
    return MemoryAdmission.unlimited();
  }

  @Override
  public MemoryAdmission compilerMemory() {
    return MemoryAdmission.unlimited();
  }
}
