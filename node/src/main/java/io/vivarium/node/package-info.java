/** The JavaScript lane: real Node on the kernel, in worker processes. */
@NullMarked
package io.vivarium.node;

import org.jspecify.annotations.NullMarked;
