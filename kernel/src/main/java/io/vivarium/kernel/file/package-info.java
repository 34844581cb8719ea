/** Open files: descriptions, descriptor tables, pipes, sockets, locks, poll. */
@NullMarked
package io.vivarium.kernel.file;

import org.jspecify.annotations.NullMarked;
