/** Many machines in one JVM, and what is left of them. */
@NullMarked
package io.vivarium.conformance.density;

import org.jspecify.annotations.NullMarked;
