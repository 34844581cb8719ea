package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.apache.commons.cli.Options;
import org.junit.jupiter.api.Test;

/** Options end where a guest command begins, and nothing of the command is touched. */
final class ArgumentsTest {
  private static Arguments parse(String... arguments) {
    Options options =
        new Options()
            .addOption(Arguments.value("e", "env"))
            .addOption(Arguments.value(null, "cwd"))
            .addOption(Arguments.flag(null, "json"));
    return Arguments.parse(options, List.of(arguments));
  }

  @Test
  void options_end_at_the_first_operand() {
    Arguments parsed = parse("--cwd", "/tmp", "ls", "--cwd", "/etc", "-e");

    assertThat(parsed.value("cwd")).isEqualTo("/tmp");
    assertThat(parsed.operands()).containsExactly("ls", "--cwd", "/etc", "-e");
  }

  @Test
  void options_end_at_two_hyphens_and_only_the_first_pair_goes() {
    assertThat(parse("--", "sh", "-c", "x", "--", "y").operands())
        .containsExactly("sh", "-c", "x", "--", "y");
    assertThat(parse("sh", "--", "y").operands()).containsExactly("sh", "--", "y");
    assertThat(parse("--", "--", "y").operands()).containsExactly("--", "y");
  }

  @Test
  void command_may_begin_with_a_hyphen_after_two_hyphens() {
    assertThat(parse("--", "-x", "1").operands()).containsExactly("-x", "1");
    assertThat(parse("--", "--cwd").operands()).containsExactly("--cwd");
  }

  @Test
  void operands_are_left_as_they_are() {
    assertThat(parse("--", "", " a ", "\"q\"", "'q'", "@file", "${HOME}", "a=b", "-").operands())
        .containsExactly("", " a ", "\"q\"", "'q'", "@file", "${HOME}", "a=b", "-");
    assertThat(parse("", "x").operands()).containsExactly("", "x");
    assertThat(parse("-", "x").operands()).containsExactly("-", "x");
  }

  @Test
  void values_are_left_as_they_are() {
    assertThat(parse("--env", "A=\"b\"", "--env=B==c", "-e", "C=", "-e", "D=1").values("env"))
        .containsExactly("A=\"b\"", "B==c", "C=", "D=1");
    assertThat(parse("--cwd", "-x").value("cwd")).isEqualTo("-x");
    assertThat(parse("--env", "a,b", "--env", "c d").values("env")).containsExactly("a,b", "c d");
  }

  @Test
  void last_value_of_an_option_counts() {
    assertThat(parse("--cwd", "/a", "--cwd", "/b").value("cwd")).isEqualTo("/b");
  }

  @Test
  void absent_option_has_no_value() {
    assertThat(parse("ls").value("cwd")).isNull();
    assertThat(parse("ls").values("env")).isEmpty();
    assertThat(parse("ls").has("json")).isFalse();
    assertThat(parse("--json", "ls").has("json")).isTrue();
  }

  @Test
  void unknown_option_is_refused() {
    assertThatThrownBy(() -> parse("--nope", "ls"))
        .isInstanceOf(UsageError.class)
        .hasMessage("unknown option --nope");
    assertThatThrownBy(() -> parse("--env", "A=b", "-x")).hasMessage("unknown option -x");
    assertThatThrownBy(() -> parse("--jso")).hasMessage("unknown option --jso");
    assertThatThrownBy(() -> parse("--json=yes")).hasMessage("unknown option --json=yes");
  }

  @Test
  void option_without_its_value_is_refused() {
    assertThatThrownBy(() -> parse("--cwd")).hasMessage("option --cwd needs a value");
    assertThatThrownBy(() -> parse("--env", "--", "ls")).hasMessage("option --env needs a value");
  }

  @Test
  void operand_where_none_belongs_is_refused() {
    assertThatThrownBy(() -> parse("ls").refuseOperands()).hasMessage("unexpected argument ls");
  }
}
