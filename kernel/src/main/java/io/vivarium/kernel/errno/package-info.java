/** Error numbers, and the one exception that carries them from the kernel to a lane. */
@NullMarked
package io.vivarium.kernel.errno;

import org.jspecify.annotations.NullMarked;
