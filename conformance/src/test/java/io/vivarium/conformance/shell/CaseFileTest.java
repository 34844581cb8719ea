package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CaseFileTest {

  @Test
  void headers_are_read_and_blank_lines_around_the_snippet_dropped() {
    List<ShellCase> cases =
        CaseFile.parse(
            "f",
            """
            # A theme

            ### first case
            needs: jq git
            user: root
            stderr: not found
            known: the reason

            echo one

            echo two

            ### second
            echo: not a header
            """);

    assertThat(cases)
        .containsExactly(
            new ShellCase(
                "A theme",
                "first case",
                List.of("jq", "git"),
                ScriptUser.ROOT,
                Optional.of("not found"),
                Optional.of("the reason"),
                "echo one\n\necho two\n"),
            new ShellCase(
                "A theme",
                "second",
                List.of(),
                ScriptUser.USER,
                Optional.empty(),
                Optional.empty(),
                "echo: not a header\n"));
  }

  @Test
  void tabs_and_comments_of_a_snippet_are_kept() {
    List<ShellCase> cases = CaseFile.parse("f", "# T\n### c\n\tcat <<-E\n# x\n## y\n\tE\n");

    assertThat(cases.getFirst().script()).isEqualTo("\tcat <<-E\n# x\n## y\n\tE\n");
  }

  @Test
  void a_malformed_file_is_refused_with_its_name_and_line() {
    assertThatThrownBy(() -> CaseFile.parse("f", "### c\ntrue\n"))
        .hasMessage("f, line 1: the first line is not a title");
    assertThatThrownBy(() -> CaseFile.parse("f", "# T\ntext\n### c\ntrue\n"))
        .hasMessage("f, line 2: text before the first case");
    assertThatThrownBy(() -> CaseFile.parse("f", "# T\n### c\n\n### d\ntrue\n"))
        .hasMessageContaining("a case without a name or without a snippet");
    assertThatThrownBy(() -> CaseFile.parse("f", "# T\n### c\nuser: nobody\ntrue\n"))
        .hasMessageContaining("no such user: nobody");
    assertThatThrownBy(() -> CaseFile.parse("f", "# T\n### c\nuser: root\nuser: root\ntrue\n"))
        .hasMessage("f, line 4: a header that stands twice");
  }
}
