package io.vivarium.kernel.trace;

/**
 * What a system call is doing. A phase that begins inside another one interrupts it, so the times
 * of all phases add up to the time of the call.
 */
public enum Phase {
  /** Taking paths, buffer lists and bytes out of the guest's memory. */
  DECODE,
  /** Finding what a descriptor refers to. */
  DESCRIPTOR,
  /** Walking a path: lookups of names, symbolic links, mounts, search permission on the way. */
  PATH,
  /** Asking the machine's policy. */
  PERMISSION,
  /** Turning a directory descriptor and a path of the guest into the place where a walk starts. */
  RESOLVE,
  /** Everything else: the work itself, with the waiting it takes. */
  OPERATE,
  /** Putting results into the guest's memory. */
  ENCODE
}
