package io.vivarium.kernel.net;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOPROTOOPT;

import java.util.Map;
import java.util.TreeMap;

/**
 * Options of the protocols (tcp(7), ip(7), ipv6(7)). Within a machine nothing is delayed, routed or
 * lost, so that most are kept and change nothing. Thread-safe.
 */
final class ProtocolOptions {
  static final int IPPROTO_IP = 0;
  static final int IPPROTO_TCP = 6;
  static final int IPPROTO_IPV6 = 41;
  static final int TCP_NODELAY = 1;
  static final int IPV6_V6ONLY = 26;

  private static final int LEVEL_SHIFT = 16;

  /** Options with what they are at first, by level and name. */
  private static final Map<Integer, Integer> INITIAL =
      Map.ofEntries(
          option(IPPROTO_TCP, TCP_NODELAY, 0),
          option(IPPROTO_TCP, 3, 0), // TCP_CORK
          option(IPPROTO_TCP, 4, 7200), // TCP_KEEPIDLE
          option(IPPROTO_TCP, 5, 75), // TCP_KEEPINTVL
          option(IPPROTO_TCP, 6, 9), // TCP_KEEPCNT
          option(IPPROTO_TCP, 12, 1), // TCP_QUICKACK
          option(IPPROTO_TCP, 18, 0), // TCP_USER_TIMEOUT
          option(IPPROTO_IP, 1, 0), // IP_TOS
          option(IPPROTO_IP, 2, 64), // IP_TTL
          option(IPPROTO_IPV6, 16, 64), // IPV6_UNICAST_HOPS
          option(IPPROTO_IPV6, IPV6_V6ONLY, 0),
          option(IPPROTO_IPV6, 67, 0)); // IPV6_TCLASS

  // Guarded by this.
  private final Map<Integer, Integer> changed = new TreeMap<>();

  private static Map.Entry<Integer, Integer> option(int level, int name, int initial) {
    return Map.entry(key(level, name), initial);
  }

  private static int key(int level, int name) {
    return level << LEVEL_SHIFT | name;
  }

  synchronized boolean sixOnly() {
    return changed.getOrDefault(key(IPPROTO_IPV6, IPV6_V6ONLY), 0) != 0;
  }

  synchronized void set(Protocol protocol, boolean six, int level, int name, byte[] value) {
    int initial = initial(protocol, six, level, name);
    int number = SocketOptions.intOf(value);
    boolean isSwitch = initial <= 1 && level != IPPROTO_IP && name != 67 && name != 18;
    if (!isSwitch && number < 0) {
      throw EINVAL.exception();
    }
    changed.put(key(level, name), isSwitch && number != 0 ? 1 : number);
  }

  synchronized byte[] get(Protocol protocol, boolean six, int level, int name) {
    int initial = initial(protocol, six, level, name);
    return SocketOptions.number(changed.getOrDefault(key(level, name), initial));
  }

  private static int initial(Protocol protocol, boolean six, int level, int name) {
    boolean has =
        name >= 0
            && name < 1 << LEVEL_SHIFT
            && switch (level) {
              case IPPROTO_TCP -> protocol == Protocol.TCP;
              case IPPROTO_IP -> true;
              case IPPROTO_IPV6 -> six;
              default -> false;
            };
    Integer initial = has ? INITIAL.get(key(level, name)) : null;
    if (initial == null) {
      throw ENOPROTOOPT.exception();
    }
    return initial;
  }

  void inherit(ProtocolOptions from) {
    Map<Integer, Integer> inherited;
    synchronized (from) {
      inherited = Map.copyOf(from.changed);
    }
    synchronized (this) {
      changed.putAll(inherited);
    }
  }
}
