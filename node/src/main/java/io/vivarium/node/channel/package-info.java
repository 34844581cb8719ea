/** Memory that a worker shares with the host, and how the two wait for each other. */
@NullMarked
package io.vivarium.node.channel;

import org.jspecify.annotations.NullMarked;
