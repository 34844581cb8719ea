/** The audit of limits: what the inventory lists is enforced, tested and documented. */
@NullMarked
package io.vivarium.conformance.limit;

import org.jspecify.annotations.NullMarked;
