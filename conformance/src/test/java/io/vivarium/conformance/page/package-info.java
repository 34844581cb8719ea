/** Pages of the documentation that are made from what the tests know. */
@NullMarked
package io.vivarium.conformance.page;

import org.jspecify.annotations.NullMarked;
