/**
 * Lowers vector instructions to scalar ones: a module goes in, and comes out without the type v128.
 * A vector becomes two i64, its halves, on the stack, in local and global variables, and in the
 * types of functions and blocks. What is more than a few instructions becomes a call of a helper
 * function that is appended to the module, so no index changes.
 */
@NullMarked
package io.vivarium.wasm.engine.simd;

import org.jspecify.annotations.NullMarked;
