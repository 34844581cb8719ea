package io.vivarium.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.SoftwareEntry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The list of installed commands, for people and for programs. */
final class SoftwareListTest {
  private static final List<SoftwareEntry> ENTRIES =
      List.of(
          new SoftwareEntry("[", "@scope/tools", "1.2.3", "MIT", 900, false),
          new SoftwareEntry("git", "@scope/tools", "1.2.3", "GPL-2.0-only", 3 << 20, true));

  @Test
  void table_has_a_line_for_each_command_in_columns() {
    assertThat(SoftwareList.table(ENTRIES))
        .isEqualTo(
            """
            COMMAND       SIZE  COMPILED  LICENCE       PACKAGE
            [            900 B  no        MIT           @scope/tools@1.2.3
            git        3.0 MiB  yes       GPL-2.0-only  @scope/tools@1.2.3
            """);
  }

  @Test
  void json_has_an_object_for_each_command() {
    assertThat(SoftwareList.json(ENTRIES.subList(1, 2)))
        .isEqualTo(
            "[{\"command\":\"git\",\"package\":\"@scope/tools\",\"version\":\"1.2.3\","
                + "\"licence\":\"GPL-2.0-only\",\"bytes\":3145728,\"compiled\":true}]\n");
    assertThat(SoftwareList.json(List.of())).isEqualTo("[]\n");
  }
}
