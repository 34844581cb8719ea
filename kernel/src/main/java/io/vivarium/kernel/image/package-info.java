/** The tree that a new machine starts with. */
@NullMarked
package io.vivarium.kernel.image;

import org.jspecify.annotations.NullMarked;
