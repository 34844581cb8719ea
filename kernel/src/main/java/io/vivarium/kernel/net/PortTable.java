package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EADDRINUSE;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * Which sockets of one protocol have which ports (ip(7), socket(7) on SO_REUSEADDR and
 * SO_REUSEPORT). Guarded by the {@link SocketTable}.
 */
final class PortTable {
  /** The range that ports are chosen from (net.ipv4.ip_local_port_range). */
  static final int FIRST_EPHEMERAL = 32_768;

  static final int LAST_EPHEMERAL = 60_999;

  private final Map<Integer, List<InternetSocket>> owners = new HashMap<>();
  private final Random random = new Random();
  private int turn;

  /**
   * Gives a socket a port at an address.
   *
   * @param port 0 chooses one that nobody has
   * @throws io.vivarium.kernel.errno.ErrnoException EADDRINUSE
   */
  void claim(InternetSocket socket, IpAddress ip, int port) {
    int taken = port == 0 ? unused() : port;
    InternetAddress address = new InternetAddress(ip, taken);
    checkConflict(socket, address);
    socket.local = address;
    owners.computeIfAbsent(taken, any -> new ArrayList<>(1)).add(socket);
  }

  /** An accepted socket shares the address of the one that listens. */
  void share(InternetSocket socket, InternetAddress address) {
    socket.local = address;
    owners.computeIfAbsent(address.port(), any -> new ArrayList<>(1)).add(socket);
  }

  private int unused() {
    int count = LAST_EPHEMERAL - FIRST_EPHEMERAL + 1;
    int start = random.nextInt(count);
    for (int i = 0; i < count; i++) {
      int port = FIRST_EPHEMERAL + (start + i) % count;
      if (!owners.containsKey(port)) {
        return port;
      }
    }
    throw EADDRINUSE.exception();
  }

  /**
   * Whether a socket can have an address beside those that have it.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException EADDRINUSE
   */
  void checkConflict(InternetSocket socket, InternetAddress address) {
    for (InternetSocket other : owners.getOrDefault(address.port(), List.of())) {
      if (other != socket && overlap(socket, address.ip(), other) && !mayShare(socket, other)) {
        throw EADDRINUSE.exception();
      }
    }
  }

  private static boolean overlap(InternetSocket socket, IpAddress ip, InternetSocket other) {
    InternetAddress present = other.local;
    return present != null
        && (socket.covers(ip, present.ip())
            || other.covers(present.ip(), ip)
            || (ip.isAny() && present.ip().isAny() && bothFour(socket, other)));
  }

  /** Whether two wildcards have addresses of IPv4 in common. */
  private static boolean bothFour(InternetSocket one, InternetSocket other) {
    return !one.sixOnly() && !other.sixOnly();
  }

  private static boolean mayShare(InternetSocket one, InternetSocket other) {
    boolean addresses = one.reuses(SocketOptions.SO_REUSEADDR, other);
    boolean ports = one.reuses(SocketOptions.SO_REUSEPORT, other);
    return (ports && one.owner() == other.owner()) || (addresses && !other.accepting());
  }

  /** Takes a socket's port away from it. */
  void release(InternetSocket socket) {
    InternetAddress address = socket.local;
    if (address == null) {
      return;
    }
    List<InternetSocket> present = owners.get(address.port());
    if (present != null && present.remove(socket) && present.isEmpty()) {
      owners.remove(address.port());
    }
  }

  /**
   * The socket that gets what goes to an address: the one that is bound most exactly, of several
   * that share one each in turn.
   *
   * @param source where it comes from, at which a connected socket must be
   */
  @Nullable InternetSocket receiver(InternetAddress target, @Nullable InternetAddress source) {
    List<InternetSocket> best = new ArrayList<>(1);
    int bestScore = 0;
    for (InternetSocket candidate : owners.getOrDefault(target.port(), List.of())) {
      int score = candidate.score(target.ip(), source);
      if (score > bestScore) {
        best.clear();
        bestScore = score;
      }
      if (score == bestScore && score > 0) {
        best.add(candidate);
      }
    }
    if (best.isEmpty()) {
      return null;
    }
    turn = turn + 1;
    return best.get(Math.floorMod(turn, best.size()));
  }
}
