/**
 * The import modules {@code host_*}: what POSIX programs need beyond preview 1. The guests' libc
 * calls them; one class per theme. Parameters are named as in the ABI notes.
 *
 * <p>Unless a function says otherwise it answers an errno in the numbering of preview 1; EFAULT for
 * a pointer outside the memory and EBADF for a descriptor that is not open go without saying, as do
 * the errors of the Linux call it stands for. Outputs are checked before anything happens.
 */
@NullMarked
package io.vivarium.wasm.wasi.host;

import org.jspecify.annotations.NullMarked;
