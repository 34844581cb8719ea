package io.vivarium.kernel.permission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What patterns match, and that the last rule that matches wins. */
class RuleMatcherTest {
  private static int rule(List<String> patterns, String path) {
    RuleMatcher matcher = new RuleMatcher();
    for (int i = 0; i < patterns.size(); i++) {
      matcher.add(CompiledDomain.segments(patterns.get(i).substring(1)), i);
    }
    RuleMatcher.Walk walk = matcher.new Walk();
    for (String segment : CompiledDomain.segments(path.substring(1))) {
      walk.step(segment);
    }
    return walk.rule();
  }

  @ParameterizedTest
  @CsvSource({
    "/a, /a, true",
    "/a, /a/b, false",
    "/a, /, false",
    "/, /, true",
    "/a/*, /a/b, true",
    "/a/*, /a, false",
    "/a/*, /a/b/c, false",
    "/a/b*, /a/bcd, true",
    "/a/b*, /a/b, true",
    "/a/*b, /a/bcb, true",
    "/a/?, /a/b, true",
    "/a/?, /a/bc, false",
    "/a/**, /a, true",
    "/a/**, /a/b/c/d, true",
    "/a/**, /ab, false",
    "/**, /, true",
    "/**/x, /x, true",
    "/**/x, /a/b/x, true",
    "/**/x, /a/b/xy, false",
    "/a/**/x/*, /a/x/b/x/c, true",
    "/a/**/x/**/y, /a/y/x, false",
    "/{a;b}, /a, false",
    "/{a;b}, /{a;b}, true",
    "/[ab], /a, false",
  })
  void patterns_match_segments(String pattern, String path, boolean matches) {
    assertThat(rule(List.of(pattern), path) == 0).isEqualTo(matches);
  }

  @Test
  void last_rule_wins_whatever_is_more_special() {
    List<String> patterns = List.of("/a/b", "/**", "/a/*", "/c");
    assertThat(rule(patterns, "/a/b")).isEqualTo(2);
    assertThat(rule(patterns, "/a/b/c")).isEqualTo(1);
    assertThat(rule(patterns, "/c")).isEqualTo(3);
  }

  // ---- against another way to do it -----------------------------------------------------------

  @Provide
  Arbitrary<String> patterns() {
    return Arbitraries.of("a", "b", "ab", "*", "a*", "*b", "?", "a?", "**")
        .list()
        .ofMinSize(0)
        .ofMaxSize(5)
        .map(segments -> "/" + String.join("/", segments));
  }

  @Provide
  Arbitrary<String> paths() {
    return Arbitraries.of("a", "b", "ab", "ba", "aab")
        .list()
        .ofMinSize(0)
        .ofMaxSize(6)
        .map(segments -> "/" + String.join("/", segments));
  }

  private static boolean slowlyMatches(String pattern, String path) {
    String regex = "";
    for (String segment : pattern.substring(1).split("/", -1)) {
      regex +=
          switch (segment) {
            case "" -> "";
            case "**" -> "(/[^/]+)*";
            default ->
                "/"
                    + segment
                        .chars()
                        .mapToObj(
                            c -> c == '*' ? "[^/]*" : c == '?' ? "[^/]" : Character.toString(c))
                        .collect(Collectors.joining());
          };
    }
    return Pattern.matches(regex, path.equals("/") ? "" : path);
  }

  @Property(tries = 20_000)
  void agrees_with_trying_rule_after_rule(
      @ForAll List<@net.jqwik.api.From("patterns") String> patterns, @ForAll("paths") String path) {
    int last = RuleMatcher.NONE;
    for (int i = 0; i < patterns.size(); i++) {
      if (slowlyMatches(patterns.get(i), path)) {
        last = i;
      }
    }
    assertThat(rule(patterns, path)).isEqualTo(last);
  }

  @Property(tries = 5_000)
  void going_on_from_a_place_is_as_walking_there(
      @ForAll List<@net.jqwik.api.From("patterns") String> patterns,
      @ForAll("paths") String directory) {
    RuleMatcher matcher = new RuleMatcher();
    for (int i = 0; i < patterns.size(); i++) {
      matcher.add(CompiledDomain.segments(patterns.get(i).substring(1)), i);
    }
    RuleMatcher.Walk walk = matcher.new Walk();
    for (String segment : CompiledDomain.segments(directory.substring(1))) {
      walk.step(segment);
    }
    RuleMatcher.Places here = walk.here();
    assertThat(here.rule()).isEqualTo(rule(patterns, directory));
    for (String name : List.of("a", "b", "ab", "ba", "aab", "c")) {
      assertThat(here.ruleOf(name)).isEqualTo(rule(patterns, join(directory, "/" + name)));
    }
  }

  private static final List<PermissionMode> MODES =
      List.of(PermissionMode.DENY, PermissionMode.ALLOW, PermissionMode.ASK);

  /** Rules that deny, allow and ask in turn. */
  private static CompiledDomain domain(List<String> patterns) {
    List<PermissionRule> rules = new ArrayList<>();
    for (int i = 0; i < patterns.size(); i++) {
      PermissionMode mode = MODES.get(i % MODES.size());
      rules.add(new PermissionRule(mode, List.of("*"), List.of(patterns.get(i))));
    }
    return new CompiledDomain(Domain.FS, new DomainPolicy(PermissionMode.ALLOW, rules));
  }

  private static RuleMatcher.Walk walk(CompiledDomain domain, String path) {
    RuleMatcher.Walk walk = domain.walkPaths(0);
    for (String segment : CompiledDomain.segments(path.substring(1))) {
      walk.step(segment);
    }
    return walk;
  }

  private static boolean moveGains(List<String> patterns, String from, String to) {
    CompiledDomain domain = domain(patterns);
    return domain.gains(walk(domain, from), walk(domain, to), true);
  }

  @Property(tries = 20_000)
  void a_move_that_is_said_to_gain_nothing_gains_nothing_below(
      @ForAll List<@net.jqwik.api.From("patterns") String> patterns,
      @ForAll("paths") String from,
      @ForAll("paths") String to,
      @ForAll("paths") String below) {
    if (moveGains(patterns, from, to)) {
      return;
    }
    CompiledDomain domain = domain(patterns);
    String rest = below.equals("/") ? "" : below;
    PermissionMode before = domain.mode(walk(domain, join(from, rest)).rule());
    PermissionMode after = domain.mode(walk(domain, join(to, rest)).rule());
    assertThat(after).isGreaterThanOrEqualTo(before);
  }

  private static String join(String directory, String rest) {
    return directory.equals("/") && !rest.isEmpty() ? rest : directory + rest;
  }

  @Test
  void a_move_gains_nothing_where_the_rules_go_on_alike() {
    assertThat(moveGains(List.of("/**/.ssh/**"), "/a", "/b/c")).isFalse();
    assertThat(moveGains(List.of("/**/.ssh/**"), "/.ssh", "/b")).isTrue();
    assertThat(moveGains(List.of("/**/.ssh/**"), "/b", "/.ssh")).isFalse();
    assertThat(moveGains(List.of("/a/b/c"), "/a", "/x")).isTrue();
    assertThat(moveGains(List.of("/a/b/c"), "/x", "/a")).isFalse();
    assertThat(moveGains(List.of("/a/**", "/c", "/d", "/b/**"), "/a/x", "/b/x")).isFalse();
    assertThat(moveGains(List.of("/a/**", "/x/?", "/a/b"), "/a", "/c")).isTrue();
    assertThat(moveGains(List.of("/**/*.key", "/a/b"), "/c", "/d")).isFalse();
  }

  // ---- validation -----------------------------------------------------------------------------

  private static PermissionPolicy policy(Domain domain, String operation, String pattern) {
    PermissionRule rule =
        new PermissionRule(PermissionMode.ALLOW, List.of(operation), List.of(pattern));
    return new PermissionPolicy(
        Map.of(domain, new DomainPolicy(PermissionMode.DENY, List.of(rule))));
  }

  @Test
  void rules_without_operations_or_patterns_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PermissionRule(PermissionMode.ALLOW, List.of(), List.of("*")))
        .withMessageContaining("\"*\" stands for all");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PermissionRule(PermissionMode.ALLOW, List.of("*"), List.of()));
  }

  @Test
  void unknown_operations_are_refused_with_those_there_are() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(Domain.FS, "reed", "/a"))
        .withMessageStartingWith("fs has no operation reed; it has read, write, mkdir, readdir");
    assertThatIllegalArgumentException().isThrownBy(() -> policy(Domain.PROCESS, "read", "ls"));
  }

  @Test
  void patterns_that_match_nothing_are_refused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(Domain.FS, "read", "a/b"))
        .withMessageContaining("paths are absolute");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> policy(Domain.FS, "read", "/a/b**"))
        .withMessageContaining("** stands between slashes");
    assertThatIllegalArgumentException().isThrownBy(() -> policy(Domain.FS, "read", ""));
    policy(Domain.FS, "read", "**/*.txt");
    policy(Domain.PROCESS, "spawn", "git");
  }

  @Test
  void domain_of_which_nothing_is_said_denies() {
    PermissionPolicy empty = new PermissionPolicy(Map.of());
    for (Domain domain : Domain.values()) {
      assertThat(empty.domain(domain).initial()).isEqualTo(PermissionMode.DENY);
    }
    assertThat(empty.allowsMachine()).isFalse();
    assertThat(PermissionPolicy.STANDARD.allowsMachine()).isTrue();
    assertThat(PermissionPolicy.STANDARD.domain(Domain.NETWORK).initial())
        .isEqualTo(PermissionMode.DENY);
  }
}
