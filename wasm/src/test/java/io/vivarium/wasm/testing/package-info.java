/** What the tests of the lane share: a small machine, guests made in Java, modules made by hand. */
@NullMarked
package io.vivarium.wasm.testing;

import org.jspecify.annotations.NullMarked;
