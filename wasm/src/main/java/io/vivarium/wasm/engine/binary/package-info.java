/**
 * The WebAssembly binary format: decoding and validating modules, and writing them. Everything here
 * works on the raw bytes, bounds what a hostile module can make it allocate by a small multiple of
 * the module's size, and answers {@link io.vivarium.wasm.engine.binary.MalformedModule} or nothing.
 */
@NullMarked
package io.vivarium.wasm.engine.binary;

import org.jspecify.annotations.NullMarked;
