/** Tests that compare a machine with the real Linux host. */
@NullMarked
package io.vivarium.conformance;

import org.jspecify.annotations.NullMarked;
