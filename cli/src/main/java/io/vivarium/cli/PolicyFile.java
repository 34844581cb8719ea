package io.vivarium.cli;

import io.vivarium.Permissions;
import io.vivarium.Permissions.Domain;
import io.vivarium.Permissions.Mode;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The file of {@code --policy}: for each domain a mode, or a default and rules.
 *
 * <pre>
 * fs:
 *   default: allow
 *   rules:
 *     - mode: deny
 *       operations: [write, rm, rename]
 *       patterns: [/etc/**]
 * process: allow
 * env: allow
 * </pre>
 */
final class PolicyFile {
  private static final Set<String> DOMAINS =
      Arrays.stream(Domain.values())
          .map(Domain::key)
          .collect(Collectors.toCollection(LinkedHashSet::new));
  private static final Set<String> POLICY = new LinkedHashSet<>(List.of("default", "rules"));
  private static final Set<String> RULE =
      new LinkedHashSet<>(List.of("mode", "operations", "patterns"));

  private PolicyFile() {}

  /**
   * Adds what a file says.
   *
   * @throws UsageError when something in it is not as it should be; the message says where
   */
  static void read(String file, Permissions.Builder permissions) {
    apply(ConfigFile.read("--policy", file), permissions);
  }

  static void apply(ConfigFile root, Permissions.Builder permissions) {
    root.entries("domains: " + String.join(", ", DOMAINS), DOMAINS)
        .forEach((name, policy) -> domain(Domain.of(name), policy, permissions));
  }

  private static void domain(Domain domain, ConfigFile policy, Permissions.Builder permissions) {
    if (policy.isText()) {
      permissions.initially(domain, mode(policy));
      return;
    }
    Map<String, ConfigFile> entries = policy.entries("a mode, or default and rules", POLICY);
    ConfigFile initial = entries.get("default");
    if (initial != null) {
      permissions.initially(domain, mode(initial));
    }
    ConfigFile rules = entries.get("rules");
    if (rules != null) {
      for (ConfigFile rule : rules.elements("a list of rules")) {
        rule(domain, rule, permissions);
      }
    }
  }

  private static void rule(Domain domain, ConfigFile rule, Permissions.Builder permissions) {
    Map<String, ConfigFile> entries = rule.entries("a rule: mode, operations, patterns", RULE);
    ConfigFile mode = entries.get("mode");
    ConfigFile patterns = entries.get("patterns");
    if (mode == null || patterns == null) {
      throw rule.error("a rule needs mode and patterns");
    }
    ConfigFile operations = entries.get("operations");
    List<String> names = operations == null ? List.of("*") : operations.texts("operations");
    List<String> globs = patterns.texts("patterns");
    try {
      permissions.rule(mode(mode), domain, names, globs);
      // What is wrong with a rule is told where the rule is.
      Permissions.builder().rule(Mode.DENY, domain, names, globs).build();
    } catch (IllegalArgumentException e) {
      throw rule.error(String.valueOf(e.getMessage()));
    }
  }

  private static Mode mode(ConfigFile value) {
    String text = value.text("allow, ask or deny");
    for (Mode mode : Mode.values()) {
      if (PermissionFlag.key(mode).equals(text)) {
        return mode;
      }
    }
    throw value.error("a mode is allow, ask or deny, not " + text);
  }
}
