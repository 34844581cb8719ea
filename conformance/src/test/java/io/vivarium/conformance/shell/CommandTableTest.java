package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.page.GeneratedPage;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class CommandTableTest {

  @Test
  void every_published_command_has_exactly_one_use() {
    assertThat(CommandTable.names()).hasSize(166).doesNotHaveDuplicates().isSorted();
  }

  @Test
  void escapes_stand_for_blanks_lines_zeros_and_themselves() {
    CommandUse use = CommandTable.parse("c\ta\\sb \\\\n\tx\\n\\0\t3\terr\t^y$");

    assertThat(use.arguments()).containsExactly("a b", "\\n");
    assertThat(use.stdin()).isEqualTo("x\n\0");
    assertThat(use.typed()).isEqualTo("c 'a b' '\\n'");
  }

  @Test
  void an_outcome_is_held_against_status_and_answer() {
    CommandUse use = CommandTable.parse("c\t\t\t3\terr\t^y$");

    assertThat(use.complaint(new Outcome("", "y", 3))).isEmpty();
    assertThat(use.complaint(new Outcome("", "y", 4))).isPresent();
    assertThat(use.complaint(new Outcome("y", "", 3))).isPresent();
  }

  @Test
  void the_page_of_the_documentation_is_current() throws IOException {
    GeneratedPage.holds("COMMANDS.md", CommandTable.page());
  }
}
