/** The WASM lane: runs WebAssembly programs as processes of the kernel. */
@NullMarked
package io.vivarium.wasm;

import org.jspecify.annotations.NullMarked;
