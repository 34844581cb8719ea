/** The public face of Vivarium: virtual machines that run code nobody trusts. */
@NullMarked
package io.vivarium;

import org.jspecify.annotations.NullMarked;
