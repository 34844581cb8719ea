/**
 * Attacks on a machine that are made by WebAssembly programs, through what they can import: on its
 * quotas, on its limits, on its permissions.
 */
@NullMarked
package io.vivarium.wasm.attack;

import org.jspecify.annotations.NullMarked;
