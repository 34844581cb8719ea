/** The virtual operating system that every guest system call ends in. */
@NullMarked
package io.vivarium.kernel;

import org.jspecify.annotations.NullMarked;
