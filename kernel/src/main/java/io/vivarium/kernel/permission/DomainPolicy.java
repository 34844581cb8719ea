package io.vivarium.kernel.permission;

import java.util.List;

/**
 * What holds in one domain: the last rule that matches, and where none does, the default.
 *
 * @param initial the default
 * @param rules in order
 */
public record DomainPolicy(PermissionMode initial, List<PermissionRule> rules) {
  /** Allows everything. */
  public static final DomainPolicy ALLOW = new DomainPolicy(PermissionMode.ALLOW, List.of());

  /** Denies everything. */
  public static final DomainPolicy DENY = new DomainPolicy(PermissionMode.DENY, List.of());

  /** Copies the rules. */
  public DomainPolicy {
    rules = List.copyOf(rules);
  }

  /** Whether it allows everything, whatever is asked. */
  boolean allowsAll() {
    return initial == PermissionMode.ALLOW
        && rules.stream().allMatch(rule -> rule.mode() == PermissionMode.ALLOW);
  }
}
