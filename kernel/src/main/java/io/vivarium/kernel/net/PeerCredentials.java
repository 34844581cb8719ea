package io.vivarium.kernel.net;

/**
 * Who made one end of a connection (SO_PEERCRED, unix(7)).
 *
 * @param pid the process, 0 when there is none
 * @param uid its effective user, -1 when there is none
 * @param gid its effective group, -1 when there is none
 */
public record PeerCredentials(int pid, int uid, int gid) {
  /** What a socket has that is not connected. */
  public static final PeerCredentials NONE = new PeerCredentials(0, -1, -1);
}
