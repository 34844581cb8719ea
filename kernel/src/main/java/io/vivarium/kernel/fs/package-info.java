/** The virtual file system: inodes, mounts, path walking. File systems live in subpackages. */
@NullMarked
package io.vivarium.kernel.fs;

import org.jspecify.annotations.NullMarked;
