package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.Permissions;
import io.vivarium.Permissions.Domain;
import io.vivarium.Permissions.Mode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules of the command line and of files. */
class PermissionFlagsTest {
  private static List<PermissionFlag> rules(String... options) {
    return MachineFlags.of(Arguments.parse(MachineFlags.options(), List.of(options)))
        .permissions()
        .rules();
  }

  @Test
  void rules_keep_the_order_of_the_command_line() {
    assertThat(
            rules(
                "--deny-fs",
                "/a",
                "--env",
                "A=1",
                "--allow-process",
                "sh",
                "--allow-fs",
                "/a/b",
                "--deny-fs",
                "read,write:/c:d"))
        .containsExactly(
            new PermissionFlag(Mode.DENY, Domain.FS, List.of("*"), "/a"),
            new PermissionFlag(Mode.ALLOW, Domain.PROCESS, List.of("*"), "sh"),
            new PermissionFlag(Mode.ALLOW, Domain.FS, List.of("*"), "/a/b"),
            new PermissionFlag(Mode.DENY, Domain.FS, List.of("read", "write"), "/c:d"));
  }

  @Test
  void a_colon_in_a_path_is_part_of_it() {
    assertThat(rules("--ask-fs", "/a:b", "--ask-fs", "*:/x"))
        .containsExactly(
            new PermissionFlag(Mode.ASK, Domain.FS, List.of("*"), "/a:b"),
            new PermissionFlag(Mode.ASK, Domain.FS, List.of("*"), "/x"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "--deny-fs; reed:/a; --deny-fs: there are the operations read, write,",
        "--deny-fs; a/b; --deny-fs: Patterns of fs begin with / or **",
        "--deny-fs; /a/b**; --deny-fs: In patterns ** stands between slashes",
        "--allow-process; ''; --allow-process: A pattern of process is empty",
      })
  void wrong_rules_are_refused(String option, String value, String message) {
    assertThatThrownBy(() -> rules(option, value))
        .isInstanceOf(UsageError.class)
        .hasMessageStartingWith(message);
  }

  // ---- files ----------------------------------------------------------------------------------

  private static void policy(String text) {
    PolicyFile.apply(ConfigFile.parse("--policy f", text), Permissions.builder());
  }

  @Test
  void policies_are_yaml_or_json() {
    policy("fs: allow\nprocess:\n  default: deny\n  rules:\n  - mode: allow\n    patterns: sh\n");
    policy(
        """
        {"fs": {"default": "deny",
                "rules": [{"mode": "ask", "operations": ["read"], "patterns": ["/a", "/b/**"]}]},
         "network": "deny", "env": {"rules": []}, "host-function": {}}
        """);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "fs: alow; 1:5: a mode is allow, ask or deny, not alow",
        "files: allow; 1:8: unknown name files; there are fs, network, process, env, host-function",
        "[fs]; 1:1: expected domains: fs, network",
        "fs: {defualt: deny}; 1:15: unknown name defualt; there are default, rules",
        "fs: {default: [deny]}; 1:15: expected allow, ask or deny",
        "fs: {rules: deny}; 1:13: expected a list of rules",
        "fs: {rules: [deny]}; 1:14: expected a rule: mode, operations, patterns",
        "fs: {rules: [{mode: deny}]}; 1:14: a rule needs mode and patterns",
        "fs: {rules: [{mode: deny, patterns: []}]}; 1:14: A rule has operations and patterns",
        "fs: {rules: [{mode: deny, patterns: [{}]}]}; 1:38: expected patterns",
        "fs: {rules: [{mode: deny, operations: [x], patterns: [/a]}]}; 1:14: fs has no operation x",
        "'{fs: deny, fs: deny}'; 1:12: fs is there twice",
        "fs: [; 1:",
        "''; ''",
      })
  void what_is_wrong_in_a_policy_is_told_with_line_and_column(String text, String message) {
    assertThatThrownBy(() -> policy(text == null ? "" : text))
        .isInstanceOf(UsageError.class)
        .hasMessageStartingWith("--policy f" + (message.isEmpty() ? ": is empty" : ":" + message));
  }

  @Test
  void aliases_cannot_make_a_file_endless() {
    assertThatThrownBy(() -> policy("fs: &a {rules: *a}"))
        .isInstanceOf(UsageError.class)
        .hasMessageStartingWith("--policy f: Number of aliases");
  }

  @Test
  void limits_of_a_file_may_be_nested() {
    assertThat(
            LimitsFile.values(
                ConfigFile.parse(
                    "f", "process:\n  count: 4\n  descriptors: 64\nstorage.bytes: 1M\n")))
        .containsExactly(
            new LimitValue("f:2:10", "process.count", 4),
            new LimitValue("f:3:16", "process.descriptors", 64),
            new LimitValue("f:4:16", "storage.bytes", 1 << 20));
    assertThat(LimitsFile.values(ConfigFile.parse("f", "{\"cpu\": {\"process-time\": \"2s\"}}")))
        .containsExactly(new LimitValue("f:1:26", "cpu.process-time", 2000));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "process.cuont: 1; f:1:16: there is no limit process.cuont; there are cpu.count",
        "process: {count: many}; f:1:18 process.count takes a size",
        "process: [1]; f:1:10: expected a value, or limits",
        "5; f:1:1: expected limits",
        "'process.count: 1\nprocess.count: 2'; f:2:1: process.count is there twice",
      })
  void what_is_wrong_in_a_file_of_limits_is_told_with_line_and_column(String text, String message) {
    String lines = text.replace("\\n", "\n");
    assertThatThrownBy(() -> LimitsFile.values(ConfigFile.parse("f", lines)))
        .isInstanceOf(UsageError.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void what_guests_name_cannot_act_on_a_terminal() {
    assertThat(Printable.of("a\u001b[2J\u009b\n\u202eü\udcff"))
        .isEqualTo("a\\u001b[2J\\u009b\\u000a\\u202eü\\xff");
  }
}
