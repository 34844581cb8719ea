package io.vivarium.kernel.permission;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What holds in every domain; a domain of which nothing was said denies. Immutable. */
public final class PermissionPolicy {
  /** The loopback interface of a machine, and nothing beyond it. */
  private static final DomainPolicy LOOPBACK =
      new DomainPolicy(
          PermissionMode.DENY,
          List.of(
              new PermissionRule(
                  PermissionMode.ALLOW,
                  List.of("listen", "connect"),
                  List.of(
                      "tcp:127.*",
                      "tcp:0.0.0.0:*",
                      "tcp:[::1]:*",
                      "tcp:[::]:*",
                      "udp:127.*",
                      "udp:0.0.0.0:*",
                      "udp:[::1]:*",
                      "udp:[::]:*"))));

  /** Everything inside the machine, nothing outside of it. */
  public static final PermissionPolicy STANDARD =
      new PermissionPolicy(
          Map.of(
              Domain.FS, DomainPolicy.ALLOW,
              Domain.NETWORK, LOOPBACK,
              Domain.PROCESS, DomainPolicy.ALLOW,
              Domain.ENVIRONMENT, DomainPolicy.ALLOW));

  private final Map<Domain, DomainPolicy> domains = new EnumMap<>(Domain.class);

  /**
   * A policy.
   *
   * @throws IllegalArgumentException when a rule names an operation that its domain does not have,
   *     or has a pattern that can match nothing there; the message names both
   */
  public PermissionPolicy(Map<Domain, DomainPolicy> domains) {
    for (Domain domain : Domain.values()) {
      DomainPolicy policy = domains.getOrDefault(domain, DomainPolicy.DENY);
      for (PermissionRule rule : policy.rules()) {
        check(domain, rule);
      }
      this.domains.put(domain, policy);
    }
  }

  private static void check(Domain domain, PermissionRule rule) {
    for (String operation : rule.operations()) {
      if (!operation.equals(PermissionRule.ALL)) {
        domain.operation(operation);
      }
    }
    for (String pattern : rule.patterns()) {
      if (pattern.isEmpty()) {
        throw new IllegalArgumentException("A pattern of " + domain.key() + " is empty");
      }
      for (String segment : pattern.split("/", -1)) {
        if (segment.contains("**") && !segment.equals("**")) {
          throw new IllegalArgumentException(
              "In patterns ** stands between slashes, as in /a/**/b; " + pattern + " has more");
        }
      }
      if (domain == Domain.FS && !isForPaths(pattern)) {
        throw new IllegalArgumentException(
            "Patterns of fs begin with / or **, as paths are absolute; " + pattern + " does not");
      }
    }
  }

  private static boolean isForPaths(String pattern) {
    return pattern.startsWith("/")
        || pattern.startsWith("**")
        || pattern.equals(PermissionRule.ALL);
  }

  /** What holds in a domain. */
  public DomainPolicy domain(Domain domain) {
    return domains.getOrDefault(domain, DomainPolicy.DENY);
  }

  /** All domains with their rules. */
  public Map<Domain, DomainPolicy> domains() {
    return Map.copyOf(domains);
  }

  /** Whether a kernel need not ask about anything inside the machine at all. */
  public boolean allowsMachine() {
    DomainPolicy network = domain(Domain.NETWORK);
    boolean loopback = network.allowsAll() || network.equals(LOOPBACK);
    return loopback
        && List.of(Domain.FS, Domain.PROCESS, Domain.ENVIRONMENT).stream()
            .allMatch(domain -> domain(domain).allowsAll());
  }
}
