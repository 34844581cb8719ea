package io.vivarium.kernel.fs.host;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * What the host says about one of its file systems (statfs(2)).
 *
 * @param magic its type
 * @param fragment bytes of a block
 * @param blocks capacity
 * @param available blocks that are free for ordinary users
 * @param files capacity in inodes
 * @param freeFiles free inodes
 */
record HostStatFs(
    long magic, long fragment, long blocks, long available, long files, long freeFiles) {

  /** Decodes a {@code struct statfs} of a 64-bit architecture. */
  static HostStatFs decode(MemorySegment s) {
    long fragment = s.get(JAVA_LONG, 72);
    return new HostStatFs(
        s.get(JAVA_LONG, 0),
        fragment > 0 ? fragment : s.get(JAVA_LONG, 8),
        s.get(JAVA_LONG, 16),
        s.get(JAVA_LONG, 32),
        s.get(JAVA_LONG, 40),
        s.get(JAVA_LONG, 48));
  }
}
