/**
 * The host's side: starts, watches and kills workers, and answers the system calls of their guests.
 */
@NullMarked
package io.vivarium.node.host;

import org.jspecify.annotations.NullMarked;
