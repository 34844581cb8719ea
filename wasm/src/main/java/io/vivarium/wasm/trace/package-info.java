/** System calls of WebAssembly guests as people read them: a line for each, as strace(1) has it. */
@NullMarked
package io.vivarium.wasm.trace;

import org.jspecify.annotations.NullMarked;
