package io.vivarium.wasm.engine;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How an engine works.
 *
 * @param cacheDirectory where compiled code is kept across JVMs, created when absent; null for
 *     nowhere. It has to belong to the user of the JVM and to be writable by nobody else: who can
 *     write it can run code in the JVM
 * @param cacheBytes the cache is trimmed to about this size, least recently used entries first
 * @param compileInBackground whether modules that were not compiled before are compiled by a
 *     background thread while they are interpreted
 * @param maxModuleBytes larger modules are refused
 */
public record EngineOptions(
    @Nullable Path cacheDirectory,
    long cacheBytes,
    boolean compileInBackground,
    int maxModuleBytes) {

  /** No cache, background compilation, 2 GiB of cache should there be one, 64 MiB modules. */
  public static final EngineOptions DEFAULT = new EngineOptions(null, 2L << 30, true, 64 << 20);

  /** Checks the ranges. */
  public EngineOptions {
    if (cacheBytes < 0) {
      throw new IllegalArgumentException("cacheBytes is negative: " + cacheBytes);
    }
    if (maxModuleBytes < 0) {
      throw new IllegalArgumentException("maxModuleBytes is negative: " + maxModuleBytes);
    }
  }

  /** The same with a cache in this directory. */
  public EngineOptions withCacheDirectory(@Nullable Path directory) {
    return new EngineOptions(directory, cacheBytes, compileInBackground, maxModuleBytes);
  }

  /** The same with another bound of the cache. */
  public EngineOptions withCacheBytes(long bytes) {
    return new EngineOptions(cacheDirectory, bytes, compileInBackground, maxModuleBytes);
  }

  /** The same with or without background compilation. */
  public EngineOptions withCompileInBackground(boolean compile) {
    return new EngineOptions(cacheDirectory, cacheBytes, compile, maxModuleBytes);
  }

  /** The same with another largest module. */
  public EngineOptions withMaxModuleBytes(int bytes) {
    return new EngineOptions(cacheDirectory, cacheBytes, compileInBackground, bytes);
  }
}
