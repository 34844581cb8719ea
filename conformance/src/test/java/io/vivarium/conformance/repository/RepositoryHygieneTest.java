package io.vivarium.conformance.repository;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * What may not be found anywhere in the repository. Patterns are written so that none matches
 * itself.
 */
final class RepositoryHygieneTest {
  private static final Pattern UNFINISHED = Pattern.compile("\\b(TO[D]O|FIX[M]E)\\b");
  private static final Pattern SKIPPED_TEST = Pattern.compile("@(Disable[d]|Ignor[e])\\b");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "registry[.]npmjs|registry[.]yarnpkg|npm[.]pkg[.]github|repo1?[.]maven|"
              + "central[.]sonatype|static[.]crates|pypi[.]org|proxy[.]golang");
  private static final Pattern LOCK_URL = Pattern.compile("\"resolved\" *: *\"http");
  private static final Pattern MARKDOWN_LINK = Pattern.compile("\\]\\(([^)#\\s]+)(#[^)]*)?\\)");
  private static final long LARGEST_FILE = 1 << 20;

  private final Repository repository = Repository.here();

  @Test
  void nothing_is_marked_as_unfinished_and_no_test_is_skipped() throws IOException {
    assertThat(lines(UNFINISHED)).isEmpty();
    assertThat(lines(SKIPPED_TEST)).isEmpty();
  }

  @Test
  void no_package_registry_is_named() throws IOException {
    assertThat(lines(REGISTRY)).isEmpty();
    assertThat(lines(LOCK_URL)).isEmpty();
  }

  @Test
  void no_path_of_the_building_machine_is_named() throws IOException {
    // A checkout directly below the root has a name that guests may use as well.
    if (repository.root().getNameCount() > 1) {
      assertThat(lines(literally(repository.root()))).isEmpty();
    }
    assertThat(lines(literally(Path.of(System.getProperty("java.home"))))).isEmpty();
  }

  @Test
  void no_program_or_other_large_file_is_kept() throws IOException {
    List<Path> kept = new ArrayList<>();
    for (Path file : repository.files()) {
      if (Files.size(file) > LARGEST_FILE || file.toString().endsWith(".jar")) {
        kept.add(file);
      }
    }
    assertThat(kept).isEmpty();
  }

  @Test
  void every_package_says_what_it_is_and_is_null_marked() throws IOException {
    List<Path> unmarked = new ArrayList<>();
    for (Path file : repository.files()) {
      if (file.toString().endsWith(".java") && isMainSource(file)) {
        Path packageInfo = file.resolveSibling("package-info.java");
        if (!Files.exists(packageInfo) || !isDescribedAndNullMarked(packageInfo)) {
          unmarked.add(file.getParent());
        }
      }
    }
    assertThat(unmarked).isEmpty();
  }

  @Test
  void links_between_documents_lead_somewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : repository.files()) {
      if (file.toString().endsWith(".md")) {
        Matcher link = MARKDOWN_LINK.matcher(Files.readString(file));
        while (link.find()) {
          String target = link.group(1);
          if (!target.contains(":") && !Files.exists(file.resolveSibling(target))) {
            broken.add(repository.root().relativize(file) + " -> " + target);
          }
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  private boolean isMainSource(Path file) {
    return repository.root().relativize(file).toString().contains("src/main/java");
  }

  private static boolean isDescribedAndNullMarked(Path packageInfo) throws IOException {
    String text = Files.readString(packageInfo);
    return text.contains("@NullMarked") && (text.contains("/**") || text.contains("///"));
  }

  private static Pattern literally(Path path) {
    return Pattern.compile(Pattern.quote(path.toString()) + "\\b");
  }

  private List<String> lines(Pattern pattern) throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : repository.files()) {
      String text = Repository.text(file).orElse("");
      int number = 0;
      for (String line : text.split("\n", -1)) {
        number++;
        if (pattern.matcher(line).find()) {
          found.add(repository.root().relativize(file) + ":" + number + ": " + line.strip());
        }
      }
    }
    return found;
  }
}
