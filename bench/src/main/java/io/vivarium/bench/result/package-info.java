/** What a run of the benchmark matrix measured, and how that is kept in files. */
@NullMarked
package io.vivarium.bench.result;

import org.jspecify.annotations.NullMarked;
