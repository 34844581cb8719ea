package io.vivarium.kernel.permission;

import java.util.Locale;

/** What a rule says. */
public enum PermissionMode {
  /** It may be done. */
  ALLOW,
  /** The host is asked. */
  ASK,
  /** It may not be done. */
  DENY;

  /** Its name in files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The mode of a name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static PermissionMode of(String key) {
    for (PermissionMode mode : values()) {
      if (mode.key().equals(key)) {
        return mode;
      }
    }
    throw new IllegalArgumentException("A mode is allow, ask or deny, not " + key);
  }
}
