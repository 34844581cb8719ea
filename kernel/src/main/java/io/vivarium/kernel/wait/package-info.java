/** The one blocking primitive: data, signals, deadlines and kill all end a wait here. */
@NullMarked
package io.vivarium.kernel.wait;

import org.jspecify.annotations.NullMarked;
