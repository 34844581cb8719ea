package io.vivarium.conformance.shell;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.page.GeneratedPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CorpusTest {

  private static final List<ShellCase> CASES = Corpus.all();

  @Test
  void the_corpus_is_large_enough_to_mean_something() {
    assertThat(CASES).hasSizeGreaterThanOrEqualTo(230);
  }

  @Test
  void every_case_has_a_name_of_its_own() {
    assertThat(CASES).extracting(ShellCase::name).doesNotHaveDuplicates();
  }

  @Test
  void a_name_is_a_sentence_of_plain_words() {
    assertThat(CASES).allSatisfy(snippet -> assertThat(snippet.name()).matches("[a-z0-9' ]+"));
  }

  @Test
  void what_a_case_needs_is_a_published_command_that_the_host_has() {
    List<String> published = CommandTable.names();
    assertThat(CASES)
        .flatExtracting(ShellCase::needs)
        .allSatisfy(command -> {
          assertThat(published).contains(command);
          assertThat(HostTools.find(command)).as("host tool %s", command).isPresent();
        });
  }

  @Test
  void what_a_case_needs_is_installed_by_continuous_integration() throws IOException {
    String script = Files.readString(GeneratedPage.root().resolve(".ci/run"));
    assertThat(CASES)
        .flatExtracting(ShellCase::needs)
        .allSatisfy(command ->
            assertThat(HostTools.names(command))
                .anySatisfy(name -> assertThat(script).containsPattern("[ (]" + name + "=")));
  }

  @Test
  void every_case_file_is_in_the_index() throws Exception {
    Path folder = Path.of(Corpus.class.getResource("/shell/index").toURI()).getParent();

    assertThat(Corpus.fileNames()).containsExactlyInAnyOrderElementsOf(caseFiles(folder));
  }

  @Test
  void the_page_of_the_documentation_is_current() throws IOException {
    GeneratedPage.holds("CONFORMANCE.md", ConformancePage.of(CASES));
  }

  private static List<String> caseFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".cases"))
          .toList();
    }
  }
}
