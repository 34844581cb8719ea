package io.vivarium.kernel.fs.nio;

/**
 * How a provider's tree is shown. Immutable; each method gives a changed copy.
 *
 * @param readOnly every change answers EROFS
 * @param uid owner that every file is shown with
 * @param gid group that every file is shown with
 * @param channels the most channels of the provider that are open at once; further files take
 *     turns. At least 4
 */
public record NioOptions(boolean readOnly, int uid, int gid, int channels) {
  private static final int DEFAULT_OWNER = 1000;
  private static final int DEFAULT_CHANNELS = 256;
  private static final int FEWEST_CHANNELS = 4;

  /** Checks the ranges. */
  public NioOptions {
    if (uid < 0 || gid < 0) {
      throw new IllegalArgumentException("uid and gid are not negative: " + uid + ", " + gid);
    }
    if (channels < FEWEST_CHANNELS) {
      throw new IllegalArgumentException(
          "channels is " + channels + ", but a mount needs at least " + FEWEST_CHANNELS);
    }
  }

  /**
   * Writable where the provider is, every file owned by a machine's default user (1000:1000), at
   * most 256 channels.
   */
  public static NioOptions defaults() {
    return new NioOptions(false, DEFAULT_OWNER, DEFAULT_OWNER, DEFAULT_CHANNELS);
  }

  /** Refuses every change. */
  public NioOptions asReadOnly() {
    return new NioOptions(true, uid, gid, channels);
  }

  /** Shows every file with this owner and group. */
  public NioOptions ownedBy(int owner, int group) {
    return new NioOptions(readOnly, owner, group, channels);
  }

  /** Keeps at most this many channels open. */
  public NioOptions withChannels(int most) {
    return new NioOptions(readOnly, uid, gid, most);
  }
}
