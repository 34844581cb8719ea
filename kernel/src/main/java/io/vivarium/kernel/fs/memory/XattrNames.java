package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.errno.Errno.ERANGE;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.text.ByteStrings;
import java.util.List;
import java.util.Set;

/** Which names extended attributes may have (xattr(7)). */
final class XattrNames {
  /** Most bytes of the name of an extended attribute, as on Linux; more are ERANGE. */
  private static final int MAX_LENGTH = 255;

  private static final List<String> NAMESPACES = List.of("user.", "trusted.", "security.");
  private static final Set<String> ACCESS_CONTROL_LISTS =
      Set.of("system.posix_acl_access", "system.posix_acl_default");

  private XattrNames() {}

  /** ERANGE for a name that is empty or too long, EOPNOTSUPP for one in no namespace we have. */
  static void check(String name) {
    int length = ByteStrings.length(name);
    if (length == 0 || length > MAX_LENGTH) {
      throw ERANGE.exception();
    }
    if (NAMESPACES.contains(name)) {
      throw EINVAL.exception();
    }
    if (NAMESPACES.stream().noneMatch(name::startsWith) && !ACCESS_CONTROL_LISTS.contains(name)) {
      throw EOPNOTSUPP.exception();
    }
  }

  /** As {@link #check}; EPERM for attributes of users where users own no contents. */
  static void checkChange(String name, FileType type) {
    check(name);
    boolean allowed = type == FileType.REGULAR || type == FileType.DIRECTORY;
    if (!allowed && name.startsWith("user.")) {
      throw EPERM.exception();
    }
  }
}
