/**
 * The system-call surface: what a lane calls on behalf of a guest process, grouped by theme. Every
 * lane uses these and nothing below them, so all lanes agree by construction.
 */
@NullMarked
package io.vivarium.kernel.syscall;

import org.jspecify.annotations.NullMarked;
