/** What runs in a worker process: Node runtimes whose bindings ask the kernel of the machine. */
@NullMarked
package io.vivarium.node.worker;

import org.jspecify.annotations.NullMarked;
