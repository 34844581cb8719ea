/**
 * Fuel: a pass over modules that makes them pay for the instructions they execute, before they
 * execute them. What an instruction costs is a matter of the guest's own module, so the pass works
 * on that, ahead of everything else that is done to a module, and the count is the same however the
 * result is run.
 */
@NullMarked
package io.vivarium.wasm.engine.fuel;

import org.jspecify.annotations.NullMarked;
