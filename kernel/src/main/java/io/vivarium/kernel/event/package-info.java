/** What a kernel tells the host while it runs. */
@NullMarked
package io.vivarium.kernel.event;

import org.jspecify.annotations.NullMarked;
