/** Walls of the operating system around a worker: Landlock, seccomp, resource limits. */
@NullMarked
package io.vivarium.node.jail;

import org.jspecify.annotations.NullMarked;
