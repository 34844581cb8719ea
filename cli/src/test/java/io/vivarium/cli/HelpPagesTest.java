package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.cli.Option;
import org.junit.jupiter.api.Test;

/** Help pages say what the code does. */
final class HelpPagesTest {
  private static final Pattern OPTION = Pattern.compile("(?m)^ {2}(?:-\\w, | {4})--([a-z-]+)");
  private static final Map<String, Subcommand> SUBCOMMANDS =
      Map.of(
          "exec", new ExecCommand(),
          "sh", new ShCommand(),
          "wasm", new WasmCommand(),
          "software", new SoftwareCommand(),
          "limits", new LimitsCommand(),
          "doctor", new DoctorCommand());

  @Test
  void every_command_has_a_page_and_is_listed() throws IOException {
    assertThat(SUBCOMMANDS.keySet()).containsExactlyInAnyOrderElementsOf(Subcommand.NAMES);
    for (String name : Subcommand.NAMES) {
      assertThat(page("viv")).contains("\n  " + name + " ");
      assertThat(page(name)).startsWith("Usage: viv " + name);
    }
  }

  @Test
  void page_tells_exactly_the_options_there_are() throws IOException {
    for (Map.Entry<String, Subcommand> subcommand : SUBCOMMANDS.entrySet()) {
      Set<String> names = new TreeSet<>(Set.of("help"));
      for (Option option : subcommand.getValue().options().getOptions()) {
        names.add(option.getLongOpt());
      }
      Set<String> told = new TreeSet<>();
      Matcher line = OPTION.matcher(page(subcommand.getKey()));
      while (line.find()) {
        told.add(line.group(1));
      }
      assertThat(told).as(subcommand.getKey()).isEqualTo(names);
    }
  }

  @Test
  void pages_fit_a_terminal_of_80_columns() throws IOException {
    assertThat(page("viv").lines()).allMatch(line -> line.length() < 80);
    for (String name : Subcommand.NAMES) {
      assertThat(page(name).lines()).allMatch(line -> line.length() <= 80);
    }
  }

  private static String page(String name) throws IOException {
    try (InputStream page = Viv.class.getResourceAsStream("help/" + name + ".txt")) {
      assertThat(page).as(name).isNotNull();
      return new String(page.readAllBytes(), UTF_8);
    }
  }
}
