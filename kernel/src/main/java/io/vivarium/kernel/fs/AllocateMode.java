package io.vivarium.kernel.fs;

/** The operations of fallocate(2). */
public enum AllocateMode {
  /** Reserve space, grow the file where needed. */
  RESERVE,
  /** Reserve space, keep the size. */
  RESERVE_KEEP_SIZE,
  /** Deallocate a range; it reads as zeros, the size stays. */
  PUNCH_HOLE,
  /** Zero a range, growing the file where needed. */
  ZERO_RANGE,
  /** Zero a range, keep the size. */
  ZERO_RANGE_KEEP_SIZE,
  /** Remove a range and move what follows down; multiples of the block size only. */
  COLLAPSE_RANGE,
  /** Move what follows up and leave a hole; multiples of the block size only. */
  INSERT_RANGE
}
