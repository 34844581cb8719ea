/**
 * The WebAssembly engine behind a small interface of ours. It loads modules, compiles them to JVM
 * byte code (ahead, in the background, or never), keeps the result on disk, gives instances bounded
 * memory, and turns everything that can go wrong in a guest into a handful of exceptions. It knows
 * nothing of system calls: those are {@link io.vivarium.wasm.engine.HostFunction}s that somebody
 * else writes.
 */
@NullMarked
package io.vivarium.wasm.engine;

import org.jspecify.annotations.NullMarked;
