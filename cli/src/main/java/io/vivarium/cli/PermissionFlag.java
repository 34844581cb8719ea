package io.vivarium.cli;

import io.vivarium.Permissions;
import io.vivarium.Permissions.Domain;
import io.vivarium.Permissions.Mode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.commons.cli.Options;

/**
 * A rule on the command line, such as {@code --deny-fs write,rm:/etc/**}.
 *
 * @param mode what it says
 * @param domain what it is about
 * @param operations "*" for all
 * @param pattern to what
 */
record PermissionFlag(Mode mode, Domain domain, List<String> operations, String pattern) {
  /** The domains that have options; the others have nothing to ask about on a command line. */
  private static final List<Domain> DOMAINS =
      List.of(Domain.FS, Domain.PROCESS, Domain.ENVIRONMENT);

  static void addTo(Options options) {
    for (Domain domain : DOMAINS) {
      for (Mode mode : Mode.values()) {
        options.addOption(Arguments.value(null, option(mode, domain)));
      }
    }
  }

  static String key(Mode mode) {
    return mode.name().toLowerCase(Locale.ROOT);
  }

  private static String option(Mode mode, Domain domain) {
    return key(mode) + "-" + domain.key();
  }

  /** The rules among arguments, in their order. */
  static List<PermissionFlag> of(Arguments arguments) {
    return arguments.inOrder().stream()
        .flatMap(given ->
            DOMAINS.stream()
                .flatMap(domain ->
                    Arrays.stream(Mode.values())
                        .filter(mode -> option(mode, domain).equals(given.name()))
                        .map(mode -> parse(mode, domain, given.value()))))
        .toList();
  }

  /** Reads {@code [OPERATION,...:]PATTERN}. */
  private static PermissionFlag parse(Mode mode, Domain domain, String text) {
    int colon = text.indexOf(':');
    List<String> operations = List.of("*");
    String pattern = text;
    if (colon > 0) {
      List<String> before = List.of(text.substring(0, colon).split(",", -1));
      if (before.equals(operations) || domain.operations().containsAll(before)) {
        operations = before;
        pattern = text.substring(colon + 1);
      } else if (domain == Domain.FS && !text.startsWith("/") && !text.startsWith("*")) {
        throw new UsageError(
            "--"
                + option(mode, domain)
                + ": there are the operations "
                + String.join(", ", domain.operations())
                + ", not "
                + text.substring(0, colon));
      }
    }
    PermissionFlag flag = new PermissionFlag(mode, domain, operations, pattern);
    try {
      Permissions.Builder alone = Permissions.builder();
      flag.addTo(alone);
      alone.build();
    } catch (IllegalArgumentException e) {
      throw new UsageError("--" + option(mode, domain) + ": " + e.getMessage());
    }
    return flag;
  }

  void addTo(Permissions.Builder permissions) {
    permissions.rule(mode, domain, operations, List.of(pattern));
  }
}
