/**
 * The lane itself: WebAssembly modules as programs of kernel processes. It recognises modules among
 * the executable files of a machine, finds their code in the engine, starts them with the functions
 * they import, and turns every way they can end into an exit status.
 */
@NullMarked
package io.vivarium.wasm.process;

import org.jspecify.annotations.NullMarked;
