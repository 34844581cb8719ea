/** Benchmarks of whole commands, machines and launches. They print figures and decide nothing. */
@NullMarked
package io.vivarium.bench;

import org.jspecify.annotations.NullMarked;
