/** The {@code viv} command. */
@NullMarked
package io.vivarium.cli;

import org.jspecify.annotations.NullMarked;
