/**
 * The file system of /proc (proc(5)): what the kernel tells guests of processes and the machine.
 */
@NullMarked
package io.vivarium.kernel.proc;

import org.jspecify.annotations.NullMarked;
