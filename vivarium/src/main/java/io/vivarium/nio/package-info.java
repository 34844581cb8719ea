/** A machine's tree as a {@link java.nio.file.FileSystem}, for host code. */
@NullMarked
package io.vivarium.nio;

import org.jspecify.annotations.NullMarked;
