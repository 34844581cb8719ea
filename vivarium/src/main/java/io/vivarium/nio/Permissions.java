package io.vivarium.nio;

import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** Java's permissions and the mode bits they stand for. */
final class Permissions {
  private static final Map<PosixFilePermission, Integer> BITS = bits();

  private Permissions() {}

  /** The permission bits of a set. */
  static int toMode(Set<PosixFilePermission> permissions) {
    int mode = 0;
    for (Map.Entry<PosixFilePermission, Integer> entry : BITS.entrySet()) {
      if (permissions.contains(entry.getKey())) {
        mode |= entry.getValue();
      }
    }
    return mode;
  }

  /** The set that permission bits mean. */
  static Set<PosixFilePermission> fromMode(int mode) {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    for (Map.Entry<PosixFilePermission, Integer> entry : BITS.entrySet()) {
      if ((mode & entry.getValue()) != 0) {
        permissions.add(entry.getKey());
      }
    }
    return permissions;
  }

  private static Map<PosixFilePermission, Integer> bits() {
    Map<PosixFilePermission, Integer> bits = new EnumMap<>(PosixFilePermission.class);
    bits.put(PosixFilePermission.OWNER_READ, 0400);
    bits.put(PosixFilePermission.OWNER_WRITE, 0200);
    bits.put(PosixFilePermission.OWNER_EXECUTE, 0100);
    bits.put(PosixFilePermission.GROUP_READ, 0040);
    bits.put(PosixFilePermission.GROUP_WRITE, 0020);
    bits.put(PosixFilePermission.GROUP_EXECUTE, 0010);
    bits.put(PosixFilePermission.OTHERS_READ, 0004);
    bits.put(PosixFilePermission.OTHERS_WRITE, 0002);
    bits.put(PosixFilePermission.OTHERS_EXECUTE, 0001);
    return Collections.unmodifiableMap(bits);
  }
}
