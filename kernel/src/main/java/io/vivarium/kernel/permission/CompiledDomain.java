package io.vivarium.kernel.permission;

import java.util.ArrayList;
import java.util.List;

/** A domain's policy with its rules compiled, a matcher for each operation. Thread-safe. */
final class CompiledDomain {
  private static final String[] ANYTHING = {"**"};

  private final Domain domain;
  private final DomainPolicy policy;
  // By rule, whether it allows; the default comes last.
  private final boolean[] allows;
  // By operation: patterns that begin with a slash, and those that do not.
  private final List<RuleMatcher> absolute = new ArrayList<>();
  private final List<RuleMatcher> relative = new ArrayList<>();

  CompiledDomain(Domain domain, DomainPolicy policy) {
    this.domain = domain;
    this.policy = policy;
    for (String operation : domain.operations()) {
      RuleMatcher paths = new RuleMatcher();
      RuleMatcher names = new RuleMatcher();
      for (int number = 0; number < policy.rules().size(); number++) {
        PermissionRule rule = policy.rules().get(number);
        if (rule.isAbout(operation)) {
          add(rule, number, paths, names);
        }
      }
      absolute.add(paths);
      relative.add(names);
    }
    this.allows = new boolean[policy.rules().size() + 1];
    for (int number = 0; number < allows.length - 1; number++) {
      allows[number] = mode(number) == PermissionMode.ALLOW;
    }
    allows[allows.length - 1] = mode(RuleMatcher.NONE) == PermissionMode.ALLOW;
  }

  private static void add(PermissionRule rule, int number, RuleMatcher paths, RuleMatcher names) {
    for (String pattern : rule.patterns()) {
      if (pattern.equals(PermissionRule.ALL)) {
        paths.add(ANYTHING, number);
        names.add(ANYTHING, number);
      } else if (pattern.startsWith("/")) {
        paths.add(segments(pattern.substring(1)), number);
      } else {
        if (pattern.startsWith("**")) {
          paths.add(segments(pattern), number);
        }
        names.add(segments(pattern), number);
      }
    }
  }

  /** The segments of a pattern or name. */
  static String[] segments(String text) {
    return text.isEmpty() ? new String[0] : text.split("/", -1);
  }

  Domain domain() {
    return domain;
  }

  boolean allowsAll() {
    return policy.allowsAll();
  }

  /** How many operations there are. */
  int operations() {
    return absolute.size();
  }

  /** Whether a rule, or the default for {@link RuleMatcher#NONE}, allows without a question. */
  boolean allows(int rule) {
    return allows[rule == RuleMatcher.NONE ? allows.length - 1 : rule];
  }

  /** A walk among the patterns for paths. */
  RuleMatcher.Walk walkPaths(int operation) {
    return absolute.get(operation).new Walk();
  }

  /** A walk among the patterns for names. */
  RuleMatcher.Walk walkNames(int operation) {
    return relative.get(operation).new Walk();
  }

  /** What a rule says, or the default for {@link RuleMatcher#NONE}. */
  PermissionMode mode(int rule) {
    return rule == RuleMatcher.NONE ? policy.initial() : policy.rules().get(rule).mode();
  }

  /** A rule in words. */
  String describe(int rule) {
    return rule == RuleMatcher.NONE
        ? "default of " + domain.key() + ": " + policy.initial().key()
        : "rule " + (rule + 1) + " of " + domain.key() + ": " + policy.rules().get(rule);
  }

  /** The rule or default that allows least of what is said about an operation. */
  int strictest(int operation) {
    String name = domain.operations().get(operation);
    int strictest = RuleMatcher.NONE;
    for (int number = 0; number < policy.rules().size(); number++) {
      PermissionRule rule = policy.rules().get(number);
      if (rule.isAbout(name) && rule.mode().compareTo(mode(strictest)) > 0) {
        strictest = number;
      }
    }
    return strictest;
  }

  /**
   * Whether more is allowed where one walk is than where another one is.
   *
   * @param whole whether to look at everything below too
   */
  boolean gains(RuleMatcher.Walk before, RuleMatcher.Walk after, boolean whole) {
    RuleMatcher.Gain gain = (from, to) -> mode(to).compareTo(mode(from)) < 0;
    return whole ? new Moves(gain).gains(before, after) : gain.is(before.rule(), after.rule());
  }
}
