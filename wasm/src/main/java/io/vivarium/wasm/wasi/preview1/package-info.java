/**
 * WASI preview 1: the modules {@code wasi_snapshot_preview1} and {@code wasi_unstable}, one class
 * per theme. Every function decodes its arguments, makes one kernel call and encodes the result;
 * what the calls mean is the kernel's business.
 *
 * <p>Parameters are named as in the specification. Unless a function says otherwise it answers an
 * errno; EFAULT for a pointer outside the memory and EBADF for a descriptor that is not open go
 * without saying, as do the errors of the Linux call it stands for.
 */
@NullMarked
package io.vivarium.wasm.wasi.preview1;

import org.jspecify.annotations.NullMarked;
