/** Guest byte strings (names, paths, arguments) as Java strings, without loss. */
@NullMarked
package io.vivarium.kernel.text;

import org.jspecify.annotations.NullMarked;
