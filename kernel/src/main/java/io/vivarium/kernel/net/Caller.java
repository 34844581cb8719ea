package io.vivarium.kernel.net;

import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Task;

/**
 * Who makes a call that is about an address.
 *
 * @param task waits
 * @param pid its number
 * @param who its users and groups
 * @param tree where it finds and makes the files of local sockets
 */
public record Caller(Task task, int pid, Credentials who, Tree tree) {
  /** Paths of local sockets, as one process sees them. */
  public interface Tree {
    /**
     * Makes a socket file.
     *
     * @throws io.vivarium.kernel.errno.ErrnoException EADDRINUSE when the path is taken, and what
     *     mknod(2) answers
     */
    Location create(String path);

    /**
     * Finds the file of a socket that may be written to.
     *
     * @throws io.vivarium.kernel.errno.ErrnoException EACCES, and what open(2) answers
     */
    Location find(String path);

    /** Removes a socket file that was made and is not used after all. */
    void remove(String path);
  }

  PeerCredentials credentials() {
    return new PeerCredentials(pid, who.effectiveUid(), who.effectiveGid());
  }
}
