package io.vivarium.kernel.fs;

/**
 * A change of attributes that one call makes (chmod, chown, utimensat). {@link #KEEP} leaves a
 * field as it is. The change time becomes now with every change.
 *
 * @param mode new permission bits (07777), or KEEP
 * @param uid new owner, or KEEP
 * @param gid new group, or KEEP
 * @param accessTime nanoseconds since the epoch, or {@link #KEEP_TIME}
 * @param modificationTime nanoseconds since the epoch, or KEEP_TIME
 */
public record AttributeChange(int mode, int uid, int gid, long accessTime, long modificationTime) {

  /** Leaves mode, uid or gid unchanged. */
  public static final int KEEP = -1;

  /** Leaves a time unchanged. */
  public static final long KEEP_TIME = Long.MIN_VALUE;

  /** Only the permission bits. */
  public static AttributeChange mode(int mode) {
    return new AttributeChange(mode, KEEP, KEEP, KEEP_TIME, KEEP_TIME);
  }

  /** Owner, group and the permission bits that survive a change of owner. */
  public static AttributeChange owner(int uid, int gid, int mode) {
    return new AttributeChange(mode, uid, gid, KEEP_TIME, KEEP_TIME);
  }

  /** Only the times. */
  public static AttributeChange times(long accessTime, long modificationTime) {
    return new AttributeChange(KEEP, KEEP, KEEP, accessTime, modificationTime);
  }
}
