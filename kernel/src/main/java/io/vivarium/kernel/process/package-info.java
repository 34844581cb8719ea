/** Processes, signals, waiting, credentials, and the contract between kernel and lanes. */
@NullMarked
package io.vivarium.kernel.process;

import org.jspecify.annotations.NullMarked;
