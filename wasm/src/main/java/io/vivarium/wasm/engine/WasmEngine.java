package io.vivarium.wasm.engine;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns bytes into modules. One engine per JVM is enough; modules of the same digest share their
 * code while anybody uses them. Thread-safe.
 */
public interface WasmEngine extends AutoCloseable {
  /**
   * Starts an engine.
   *
   * @throws IOException when the cache directory can not be created or is not private to the user;
   *     the message says what to do about it
   */
  static WasmEngine open(EngineOptions options) throws IOException {
    return new EndiveEngine(options);
  }

  /**
   * Loads a module that the caller can name without reading it. When it was compiled before, the
   * bytes are not even asked for.
   *
   * @param digest of all bytes that {@code bytes} would give
   * @param metering whether instances are to pay for what they do
   * @throws InvalidModule when it is no module this engine runs
   * @throws IOException when the bytes can not be read, or do not have the digest
   */
  default GuestModule load(ModuleDigest digest, ModuleBytes bytes, Metering metering)
      throws InvalidModule, IOException {
    try {
      return load(digest, bytes, metering, CompileAllowance.unlimited());
    } catch (ModuleTooCostly e) {
      throw new InvalidModule("the module takes all there is", e);
    }
  }

  /**
   * The same for somebody who may not spend all the host has. A module that is loaded or compiled
   * already costs nothing.
   *
   * @param allowance what loading may take, and compiling it in the background
   * @throws ModuleTooCostly when loading would take more; nothing of it is kept
   */
  GuestModule load(
      ModuleDigest digest, ModuleBytes bytes, Metering metering, CompileAllowance allowance)
      throws InvalidModule, ModuleTooCostly, IOException;

  /** The same, not metered. */
  default GuestModule load(ModuleDigest digest, ModuleBytes bytes)
      throws InvalidModule, IOException {
    return load(digest, bytes, Metering.NONE);
  }

  /** Loads a module from its bytes, which must not change afterwards. */
  GuestModule load(byte[] bytes) throws InvalidModule;

  /** Loads a module from a file of the host. */
  GuestModule load(Path file) throws InvalidModule, IOException;

  /** Ends background compilation. Modules already loaded go on working. */
  @Override
  void close();
}
