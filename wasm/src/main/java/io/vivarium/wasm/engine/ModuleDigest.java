package io.vivarium.wasm.engine;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a module's bytes: what identifies it everywhere.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record ModuleDigest(String hex) {
  /** Checks the form. */
  public ModuleDigest {
    boolean valid = hex.length() == 64;
    for (int i = 0; valid && i < 64; i++) {
      valid = "0123456789abcdef".indexOf(hex.charAt(i)) >= 0;
    }
    if (!valid) {
      throw new IllegalArgumentException("not a SHA-256 in lower-case hexadecimal: " + hex);
    }
  }

  /** The digest of these bytes. */
  public static ModuleDigest of(byte[] module) {
    return new ModuleDigest(HexFormat.of().formatHex(sha256().digest(module)));
  }

  /** The 32 bytes. */
  byte[] bytes() {
    return HexFormat.of().parseHex(hex);
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ModuleDigest that && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return hex.hashCode();
  }

  @Override
  public String toString() {
    return hex;
  }
}
