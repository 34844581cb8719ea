/**
 * Many machines in one JVM: what they do together on one processor and on two, what one feels of
 * its neighbours, what they leave behind in the long run, and what a machine costs to have.
 */
@NullMarked
package io.vivarium.bench.scale;

import org.jspecify.annotations.NullMarked;
