/** Pseudo-terminals: line discipline, sessions' controlling terminals, the devpts file system. */
@NullMarked
package io.vivarium.kernel.tty;

import org.jspecify.annotations.NullMarked;
