package io.vivarium.kernel.fs.host;

/**
 * How a directory of the host is shown. Immutable; each method gives a changed copy.
 *
 * @param readOnly every change answers EROFS
 * @param uid owner that every file is shown with, unless {@code hostOwners}
 * @param gid group that every file is shown with, unless {@code hostOwners}
 * @param hostOwners show the owners that files have on the host, and let chown(2) change them there
 * @param crossMounts whether what the host mounted beneath the directory is shown too
 * @param growth bytes by which guests may make the directory grow, beyond which they get ENOSPC;
 *     {@link Long#MAX_VALUE} for as far as the host lets them
 * @param descriptors the most descriptors of the host that the mount may hold; opening one more
 *     file answers ENFILE. At least 16
 */
public record HostDirectoryOptions(
    boolean readOnly,
    int uid,
    int gid,
    boolean hostOwners,
    boolean crossMounts,
    long growth,
    int descriptors) {

  /** Uid and gid of a machine's default user. */
  public static final int DEFAULT_OWNER = 1000;

  private static final int DEFAULT_DESCRIPTORS = 4096;
  private static final int FEWEST_DESCRIPTORS = 16;

  /** Checks the ranges. */
  public HostDirectoryOptions {
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException("uid and gid are not negative: " + uid + ", " + gid);
    }
    if (growth < 0) {
      throw new IllegalArgumentException("growth is negative: " + growth);
    }
    if (descriptors < FEWEST_DESCRIPTORS) {
      throw new IllegalArgumentException(
          "descriptors is " + descriptors + ", but a mount needs at least " + FEWEST_DESCRIPTORS);
    }
  }

  /**
   * Writable, every file owned by the default user (1000:1000), mounts beneath closed, no limit of
   * growth, at most 4096 descriptors.
   *
   * <p>A fixed owner is the default because uids of the host mean nothing in a machine: the default
   * user could not write what the host's user shares. What the JVM's own user may not do on the
   * host, no guest can do either. chown(2) to another owner answers EPERM then.
   */
  public static HostDirectoryOptions defaults() {
    return new HostDirectoryOptions(
        false, DEFAULT_OWNER, DEFAULT_OWNER, false, false, Long.MAX_VALUE, DEFAULT_DESCRIPTORS);
  }

  /** Refuses every change. */
  public HostDirectoryOptions asReadOnly() {
    return new HostDirectoryOptions(true, uid, gid, hostOwners, crossMounts, growth, descriptors);
  }

  /** Shows every file with this owner and group. */
  public HostDirectoryOptions ownedBy(int owner, int group) {
    return new HostDirectoryOptions(
        readOnly, owner, group, false, crossMounts, growth, descriptors);
  }

  /** Shows the owners of the host. */
  public HostDirectoryOptions withHostOwners() {
    return new HostDirectoryOptions(readOnly, uid, gid, true, crossMounts, growth, descriptors);
  }

  /**
   * Shows what is mounted beneath the directory, except file systems of the host's kernel such as
   * proc and sysfs.
   */
  public HostDirectoryOptions acrossMounts() {
    return new HostDirectoryOptions(readOnly, uid, gid, hostOwners, true, growth, descriptors);
  }

  /**
   * Lets guests make the directory grow by at most so many bytes: growth of files, and 4096 for
   * each name. What they remove counts the other way, whoever made it. Extended attributes are part
   * of what a name costs: those of a file hold at most 2 KiB then, more answers ENOSPC.
   */
  public HostDirectoryOptions withGrowth(long most) {
    return new HostDirectoryOptions(readOnly, uid, gid, hostOwners, crossMounts, most, descriptors);
  }

  /** Holds at most this many descriptors of the host. */
  public HostDirectoryOptions withDescriptors(int most) {
    return new HostDirectoryOptions(readOnly, uid, gid, hostOwners, crossMounts, growth, most);
  }
}
