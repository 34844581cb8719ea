/** Device drivers: what stands behind device nodes, found by device number. */
@NullMarked
package io.vivarium.kernel.device;

import org.jspecify.annotations.NullMarked;
