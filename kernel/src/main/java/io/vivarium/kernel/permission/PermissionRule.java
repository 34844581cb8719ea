package io.vivarium.kernel.permission;

import java.util.List;

/**
 * One rule of a domain.
 *
 * @param mode what it says
 * @param operations the operations it is about; "*" is all
 * @param patterns what it is about: {@code ?} is a character and {@code *} any number of them
 *     within a segment, {@code **} any number of segments; every other character is itself. "*"
 *     alone is everything, and {@code /a/**} is /a too
 */
public record PermissionRule(PermissionMode mode, List<String> operations, List<String> patterns) {
  /** All operations, or everything. */
  public static final String ALL = "*";

  /**
   * Checks that neither list is empty.
   *
   * @throws IllegalArgumentException when one is
   */
  public PermissionRule {
    if (operations.isEmpty() || patterns.isEmpty()) {
      throw new IllegalArgumentException(
          "A rule has operations and patterns; \"*\" stands for all of them");
    }
    operations = List.copyOf(operations);
    patterns = List.copyOf(patterns);
  }

  boolean isAbout(String operation) {
    return operations.contains(ALL) || operations.contains(operation);
  }

  /** As people write it: {@code deny read,write /a/**}. */
  @Override
  public String toString() {
    return mode.key() + " " + String.join(",", operations) + " " + String.join(" ", patterns);
  }
}
