/** The benchmark matrix: its rows, how each lane runs them, and the command {@code viv bench}. */
@NullMarked
package io.vivarium.bench.matrix;

import org.jspecify.annotations.NullMarked;
