/** The kernel of one virtual machine: everything a guest can reach, whichever lane it runs in. */
@NullMarked
package io.vivarium.kernel;

import org.jspecify.annotations.NullMarked;
