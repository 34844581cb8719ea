package io.vivarium.kernel.net;

import io.vivarium.kernel.file.FileDescription;
import java.util.List;

/**
 * What recvmsg(2) answers beside the bytes: descriptions that came along, and what did not fit. One
 * call fills it; not thread-safe.
 */
public final class Envelope {
  private final int maximumRights;
  private List<FileDescription> rights = List.of();
  private int flags;
  private int fullLength;
  private SocketAddress source = UnixAddress.UNNAMED;

  /**
   * An envelope to be filled.
   *
   * @param maximumRights how many descriptions the receiver takes; further ones are closed
   */
  public Envelope(int maximumRights) {
    this.maximumRights = maximumRights;
  }

  /** How many descriptions the receiver takes. */
  public int maximumRights() {
    return maximumRights;
  }

  /**
   * The descriptions that came along (SCM_RIGHTS), each with a reference that is the receiver's.
   */
  public List<FileDescription> rights() {
    return rights;
  }

  /** {@link MessageFlags#MSG_TRUNC} and {@link MessageFlags#MSG_CTRUNC} where they hold. */
  public int flags() {
    return flags;
  }

  /** Bytes of the message, also of what did not fit; for streams those received. */
  public int fullLength() {
    return fullLength;
  }

  /** Who sent it. */
  public SocketAddress source() {
    return source;
  }

  void from(SocketAddress sender) {
    source = sender;
  }

  /** Takes as many descriptions as are wanted; closes the others. */
  void receive(List<FileDescription> passed) {
    int taken = Math.min(passed.size(), maximumRights);
    rights = passed.subList(0, taken);
    if (taken < passed.size()) {
      flags |= MessageFlags.MSG_CTRUNC;
      passed.subList(taken, passed.size()).forEach(FileDescription::release);
    }
  }

  void lengths(int received, int whole) {
    fullLength = whole;
    if (whole > received) {
      flags |= MessageFlags.MSG_TRUNC;
    }
  }
}
