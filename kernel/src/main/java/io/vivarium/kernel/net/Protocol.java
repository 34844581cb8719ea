package io.vivarium.kernel.net;

/** A transport protocol of the internet families. */
enum Protocol {
  TCP("tcp", 6),
  UDP("udp", 17);

  private final String key;
  private final int number;

  Protocol(String key, int number) {
    this.key = key;
    this.number = number;
  }

  /** Its name in permissions and /proc/net. */
  String key() {
    return key;
  }

  /** IPPROTO_TCP or IPPROTO_UDP. */
  int number() {
    return number;
  }
}
