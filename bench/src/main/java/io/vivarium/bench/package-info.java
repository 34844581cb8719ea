/** Benchmarks of whole machines and of the parts they are made of. */
@NullMarked
package io.vivarium.bench;

import org.jspecify.annotations.NullMarked;
