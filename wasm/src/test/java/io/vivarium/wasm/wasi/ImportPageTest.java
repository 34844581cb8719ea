package io.vivarium.wasm.wasi;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.wasm.testing.TestGuest;
import io.vivarium.wasm.testing.TestMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The page that lists what programs can import says what there is. */
class ImportPageTest {
  private static final Path PAGE = Path.of("../docs/WASI.md");

  /** A row of a table. */
  private record Row(String function, String type, String state, String text, String source) {}

  private static List<Row> rows() {
    List<Row> rows = new ArrayList<>();
    String module = "";
    List<String> lines;
    try {
      lines = Files.readAllLines(PAGE);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    for (String line : lines) {
      if (line.startsWith("## ")) {
        module = line.substring(3);
      } else if (line.startsWith("| `")) {
        String[] cells = line.split(" (?<!\\\\)\\| ?", -1);
        String name = module + "." + cells[0].substring(2).replace("`", "");
        rows.add(new Row(name, cells[1], cells[2], cells[3], cells[4]));
      }
    }
    return rows;
  }

  private static String type(SystemFunction function) {
    return function.type().toString().replace('[', '(').replace(']', ')').toLowerCase(Locale.ROOT);
  }

  @Test
  void every_function_is_on_the_page_once_with_its_type_and_nothing_else_is() {
    List<String> expected = new ArrayList<>();
    for (SystemFunction function : TestGuest.all()) {
      expected.add(function.name() + " " + type(function));
    }
    assertThat(rows().stream().map(row -> row.function() + " " + row.type()))
        .containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void every_row_has_a_state_a_text_and_a_source() {
    for (Row row : rows()) {
      assertThat(row.state()).as(row.function()).matches("works|accepted|refused: E[A-Z]+");
      assertThat(row.text()).as(row.function()).isNotBlank();
      assertThat(row.source()).as(row.function()).isNotBlank();
    }
  }

  @Test
  void parameters_in_the_text_are_as_many_as_in_the_type() {
    for (Row row : rows()) {
      String name = row.function().substring(row.function().indexOf('.') + 1);
      if (row.text().startsWith("`" + name + "(")) {
        String names = row.text().substring(name.length() + 2, row.text().indexOf(')'));
        int count = names.isEmpty() ? 0 : names.split(",", -1).length;
        assertThat(count).as(row.text()).isEqualTo(parameters(row.function()));
      } else {
        assertThat(row.function()).startsWith("wasi_unstable.");
      }
    }
  }

  @Test
  void what_is_said_to_be_refused_is_refused() {
    int refused = 0;
    for (Row row : rows()) {
      if (row.state().startsWith("refused: ")) {
        Errno errno = Errno.valueOf(row.state().substring("refused: ".length()));
        assertRefused(row.function(), WasiErrno.of(errno));
        refused++;
      }
    }
    assertThat(refused).isPositive();
  }

  private static void assertRefused(String name, int errno) {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest -> {
            int pair = guest.room(8);
            assertThat(guest.call("host_process.fd_socketpair", 6, 0, 0, pair, pair + 4)).isZero();
            // A pointer to zeros does for a pointer, a length and a number.
            long[] arguments = new long[parameters(name)];
            Arrays.fill(arguments, guest.room(TestGuest.DATA));
            if (!Set.of("host_net.net_socket", "host_net.net_getaddrinfo").contains(name)) {
              arguments[0] = guest.memory().getInt(pair);
            }
            if (name.endsWith(".sock_accept")) {
              arguments[1] = 0;
            }
            assertThat(guest.call(name, arguments)).as(name).isEqualTo(errno);
          });
    }
  }

  private static int parameters(String name) {
    for (SystemFunction function : TestGuest.all()) {
      if (function.name().equals(name)) {
        return function.type().parameters().size();
      }
    }
    throw new AssertionError(name);
  }

  @Test
  void no_function_answers_ENOSYS() {
    Set<String> ending = Set.of("proc_exit", "proc_closefrom");
    for (SystemFunction function : TestGuest.all()) {
      String name = function.name().substring(function.name().indexOf('.') + 1);
      if (function.answersErrno() && !ending.contains(name)) {
        assertAnswers(function);
      }
    }
  }

  private static void assertAnswers(SystemFunction function) {
    try (TestMachine machine = new TestMachine()) {
      TestGuest.run(
          machine,
          process -> TaggedRoot.INSTANCE,
          guest ->
              assertThat(guest.call(function.name(), new long[function.type().parameters().size()]))
                  .as(function.name())
                  .isNotEqualTo(WasiErrno.NOSYS));
    }
  }
}
