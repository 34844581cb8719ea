package io.vivarium.cli;

import io.vivarium.MachineOptions;
import io.vivarium.Permissions;
import io.vivarium.Permissions.Domain;
import io.vivarium.Permissions.Mode;
import java.util.List;
import org.apache.commons.cli.Options;
import org.jspecify.annotations.Nullable;

/**
 * What the command may do in the machine, by the options.
 *
 * @param policy file; null for none
 * @param rules further rules, in order
 * @param explain whether each decision is printed
 */
record PermissionFlags(@Nullable String policy, List<PermissionFlag> rules, boolean explain) {
  static void addTo(Options options) {
    PermissionFlag.addTo(options);
    options.addOption(Arguments.value(null, "policy")).addOption(Arguments.flag(null, "explain"));
  }

  static PermissionFlags of(Arguments arguments) {
    return new PermissionFlags(
        arguments.value("policy"), PermissionFlag.of(arguments), arguments.has("explain"));
  }

  /** Makes a machine what the options say. */
  void configure(MachineOptions machine) {
    if (policy == null && rules.isEmpty() && !explain) {
      return;
    }
    Permissions.Builder permissions = Permissions.builder();
    if (policy == null) {
      startWithStandard(permissions);
    } else {
      PolicyFile.read(policy, permissions);
    }
    rules.forEach(rule -> rule.addTo(permissions));
    if (explain) {
      permissions.explain();
    }
    if (!StandardStreams.isInputTerminal()) {
      permissions.prompt(new TerminalPrompt());
    }
    machine.permissions(permissions.build());
  }

  /**
   * Everything in the machine is allowed, except in a domain of which options say what is allowed:
   * there that is all.
   */
  private void startWithStandard(Permissions.Builder permissions) {
    for (Domain domain : List.of(Domain.FS, Domain.PROCESS, Domain.ENVIRONMENT)) {
      boolean listed =
          rules.stream().anyMatch(rule -> rule.domain() == domain && rule.mode() == Mode.ALLOW);
      permissions.initially(domain, listed ? Mode.DENY : Mode.ALLOW);
    }
  }
}
