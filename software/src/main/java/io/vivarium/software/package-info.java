/** Guest programs: their packages, their catalogue, and where they are installed. */
@NullMarked
package io.vivarium.software;

import org.jspecify.annotations.NullMarked;
