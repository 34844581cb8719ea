/** Watching system calls: how often, how long, in which phase, and line by line. */
@NullMarked
package io.vivarium.kernel.trace;

import org.jspecify.annotations.NullMarked;
