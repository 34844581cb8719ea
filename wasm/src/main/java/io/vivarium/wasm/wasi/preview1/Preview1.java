package io.vivarium.wasm.wasi.preview1;

import io.vivarium.wasm.wasi.ImportModule;

/**
 * The two modules of preview 1. Snapshot 0 is the same with other numbers in {@code fd_seek}, other
 * layouts of {@code filestat} and {@code subscription}, and without {@code sock_accept}.
 */
public final class Preview1 {
  /** {@code wasi_snapshot_preview1}: all 46 functions. */
  public static final ImportModule SNAPSHOT_PREVIEW1 = snapshotPreview1();

  /** {@code wasi_unstable}, snapshot 0: all 45 functions. */
  public static final ImportModule UNSTABLE = unstable();

  private Preview1() {}

  private static ImportModule snapshotPreview1() {
    ImportModule.Builder module = ImportModule.named("wasi_snapshot_preview1");
    defineCommon(module);
    FdFunctions.defineSeek(module);
    FdStatFunctions.defineFilestat(module);
    PathFunctions.defineFilestat(module);
    PollFunctions.define(module);
    SockFunctions.defineAccept(module);
    return module.build();
  }

  private static ImportModule unstable() {
    ImportModule.Builder module = ImportModule.named("wasi_unstable");
    defineCommon(module);
    FdFunctions.defineUnstableSeek(module);
    FdStatFunctions.defineUnstableFilestat(module);
    PathFunctions.defineUnstableFilestat(module);
    PollFunctions.defineUnstable(module);
    return module.build();
  }

  private static void defineCommon(ImportModule.Builder module) {
    ArgsFunctions.define(module);
    ClockFunctions.define(module);
    FdFunctions.define(module);
    FdStatFunctions.define(module);
    PathFunctions.define(module);
    ProcFunctions.define(module);
    RandomFunctions.define(module);
    ReadWriteFunctions.define(module);
    SchedFunctions.define(module);
    SockFunctions.define(module);
  }
}
