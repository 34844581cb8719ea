/** JMH benchmarks of single system calls of the kernel. */
@NullMarked
package io.vivarium.bench.micro;

import org.jspecify.annotations.NullMarked;
