package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vivarium.Command;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the options of {@code exec} and {@code sh} make of a command. */
final class MachineFlagsTest {
  private static Command command(String... options) {
    Arguments arguments = Arguments.parse(MachineFlags.options(), List.of(options));
    return MachineFlags.of(arguments).apply(Command.of("true"));
  }

  @Test
  void nothing_is_set_unless_asked_for() {
    Command command = command();

    assertThat(command.environment()).isEmpty();
    assertThat(command.workingDirectory()).isNull();
    assertThat(command.user()).isNull();
  }

  @Test
  void variables_have_values_that_may_be_empty_or_hold_equals_signs() {
    assertThat(command("--env", "A=1", "-e", "B=", "-e", "C=x=y", "-e", "A=2").environment())
        .containsOnly(
            java.util.Map.entry("A", "2"),
            java.util.Map.entry("B", ""),
            java.util.Map.entry("C", "x=y"));
  }

  @Test
  void name_alone_passes_on_the_value_it_has_here() {
    assertThat(command("--env", "PATH").environment()).containsEntry("PATH", System.getenv("PATH"));
    assertThat(command("--env", "NO_SUCH_VARIABLE_HERE").environment()).isEmpty();
  }

  @Test
  void variable_without_name_is_refused() {
    assertThatThrownBy(() -> command("--env", "=x")).isInstanceOf(UsageError.class);
    assertThatThrownBy(() -> command("--env", "")).isInstanceOf(UsageError.class);
  }

  @Test
  void user_and_directory_are_passed_on() {
    assertThat(command("--user", "0:0").user()).isEqualTo("0:0");
    assertThat(command("--cwd", "/tmp").workingDirectory()).isEqualTo("/tmp");
  }

  @Test
  void relative_directory_is_refused() {
    assertThatThrownBy(() -> command("--cwd", "tmp"))
        .hasMessage("--cwd takes an absolute path in the machine, not 'tmp'");
  }

  @Test
  void limits_are_numbers_sizes_or_times() {
    assertThat(limits("--limit", "process.count=8", "--limit", "memory.process=64M"))
        .containsExactly(limit("process.count", 8), limit("memory.process", 64L << 20));
    String time = "cpu.process-time";
    assertThat(limits("--limit", time + "=1.5m", "--limit", time + "=20", "--limit", time + "=2ms"))
        .containsExactly(limit(time, 90_000), limit(time, 20), limit(time, 2));
    assertThat(limits("--limit", time + "=unlimited"))
        .containsExactly(limit(time, 1_000_000_000_000L));
  }

  @Test
  void unknown_limit_is_refused_with_those_there_are() {
    assertThatThrownBy(() -> limits("--limit", "process.cout=8"))
        .isInstanceOf(UsageError.class)
        .hasMessageStartingWith("--limit: there is no limit process.cout; there are cpu.count, ");
  }

  private static LimitValue limit(String key, long value) {
    return new LimitValue("--limit", key, value);
  }

  @Test
  void limit_without_key_or_number_is_refused() {
    for (String wrong : List.of("=1", "process.count", "process.count=", "process.count=-1", "")) {
      assertThatThrownBy(() -> limits("--limit", wrong))
          .isInstanceOf(UsageError.class)
          .hasMessageStartingWith("--limit");
    }
  }

  private static List<LimitValue> limits(String... options) {
    return MachineFlags.of(Arguments.parse(MachineFlags.options(), List.of(options))).limits();
  }
}
