/** Random operations on trees of files, and the real host to say what they ought to do. */
@NullMarked
package io.vivarium.kernel.fs.oracle;

import org.jspecify.annotations.NullMarked;
