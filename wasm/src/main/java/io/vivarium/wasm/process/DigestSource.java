package io.vivarium.wasm.process;

import io.vivarium.wasm.engine.ModuleDigest;

/**
 * An inode that knows the digest of its contents, which never change: installed software. Spares
 * reading the file when the engine has the module already.
 */
public interface DigestSource {
  /** SHA-256 of the whole file. Any thread. */
  ModuleDigest moduleDigest();
}
