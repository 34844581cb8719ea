/**
 * The border between a WebAssembly guest and the kernel: how numbers, flags, strings and structures
 * of the guest ABI are read from and written to guest memory, and the table of functions a module
 * can import. What the functions do is in the sub-packages, one per import module.
 */
@NullMarked
package io.vivarium.wasm.wasi;

import org.jspecify.annotations.NullMarked;
