package io.vivarium.kernel.limit;

/**
 * What files take, as {@link StorageLedger} counts it.
 *
 * @param bytes sum of the sizes of everything but directories
 * @param inodes files of every kind
 */
public record StorageUse(long bytes, long inodes) {}
