/** Limits of a machine and the ledgers that hold guests to them. */
@NullMarked
package io.vivarium.kernel.limit;

import org.jspecify.annotations.NullMarked;
