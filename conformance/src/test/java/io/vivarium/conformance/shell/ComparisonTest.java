package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ComparisonTest {

  @Test
  void the_same_output_and_status_are_fine_whatever_standard_error_says() {
    assertThat(compare("", new Outcome("a", "x", 1), new Outcome("a", "y", 1))).isEmpty();
  }

  @Test
  void another_output_or_status_is_not() {
    assertThat(compare("", new Outcome("a", "", 1), new Outcome("b", "", 1))).contains("differs");
    assertThat(compare("", new Outcome("a", "", 1), new Outcome("a", "", 2))).contains("differs");
    assertThat(compare("", new Outcome("a", "", 1), new Outcome("a", "", Outcome.TIMED_OUT)))
        .contains("differs");
  }

  @Test
  void a_known_difference_must_be_one() {
    String known = "known: reason\n";
    assertThat(compare(known, new Outcome("a", "", 1), new Outcome("b", "", 1))).isEmpty();
    assertThat(compare(known, new Outcome("a", "", 1), new Outcome("a", "", 1)))
        .contains("lose its known reason");
  }

  @Test
  void what_standard_error_must_contain_is_asked_of_both_sides() {
    String asks = "stderr: no such\n";
    assertThat(compare(asks, new Outcome("", "no such file", 1), new Outcome("", "no such dog", 1)))
        .isEmpty();
    assertThat(compare(asks, new Outcome("", "no such file", 1), new Outcome("", "", 1)))
        .contains("the machine differs");
    assertThat(compare(asks, new Outcome("", "", 1), new Outcome("", "no such", 1)))
        .contains("the host does not say");
  }

  @Test
  void a_snippet_that_does_not_end_on_the_host_proves_nothing() {
    Outcome endless = new Outcome("", "", Outcome.TIMED_OUT);
    assertThat(compare("", endless, endless)).contains("did not end");
  }

  private static String compare(String headers, Outcome host, Outcome machine) {
    ShellCase snippet = CaseFile.parse("f", "# T\n### c\n" + headers + "true\n").getFirst();
    return new Comparison(snippet, host, machine).complaint().orElse("");
  }
}
