package io.vivarium.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.cli.Viv.Result;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code viv} says about itself. */
final class PagesIT {
  @Test
  void every_command_has_help_with_examples() throws Exception {
    for (String command : new String[] {"exec", "sh", "wasm", "software"}) {
      Result result = Viv.of(command, "--help").run();
      assertThat(result.status()).isZero();
      assertThat(result.outText()).startsWith("Usage: viv " + command).contains("Examples:");
      assertThat(result.errText()).isEmpty();
    }
  }

  @Test
  void without_arguments_viv_shows_its_commands() throws Exception {
    Result result = Viv.of().run();

    assertThat(result.status()).isZero();
    assertThat(result.outText()).contains("exec", "sh", "wasm", "software", "doctor");
    assertThat(Viv.of("--help").run().outText()).isEqualTo(result.outText());
    assertThat(Viv.of("help", "exec").run().outText())
        .isEqualTo(Viv.of("exec", "--help").run().outText());
  }

  @Test
  void unknown_commands_and_options_are_told_in_one_line() throws Exception {
    Map<String, String> wrong = Map.of("exce", "unknown command exce", "-x", "unknown option -x");
    for (Map.Entry<String, String> entry : wrong.entrySet()) {
      Result result = Viv.of(entry.getKey()).run();
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.errText()).isEqualTo("viv: " + entry.getValue() + "; see viv --help\n");
    }
  }

  @Test
  void software_lists_every_command_with_its_licence() throws Exception {
    Result table = Viv.of("software").run();
    Result json = Viv.of("software", "--json").run();

    assertThat(table.outText().lines())
        .hasSizeGreaterThan(100)
        .anySatisfy(line -> assertThat(line).matches("git .*MiB.*@.*"));
    assertThat(json.outText()).startsWith("[{\"command\":\"").contains("\"licence\":\"");
    assertThat(Viv.of("software", "nonsense").run().status()).isEqualTo(2);
  }

  @Test
  void doctor_finds_nothing_that_fails() throws Exception {
    Result result = Viv.of("doctor").run();

    assertThat(result.status()).as(result.outText()).isZero();
    assertThat(result.outText())
        .contains("ok    Java", "ok    long methods are compiled", "ok    a machine runs")
        .doesNotContain("FAIL");
  }
}
