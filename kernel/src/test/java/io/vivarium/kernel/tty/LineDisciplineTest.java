package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.wait.TestTask;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Holds the line discipline against what Linux was recorded to do. */
class LineDisciplineTest {
  private static final Map<String, Integer> INPUT =
      Map.of(
          "ISTRIP", Termios.ISTRIP,
          "INLCR", Termios.INLCR,
          "IGNCR", Termios.IGNCR,
          "ICRNL", Termios.ICRNL,
          "IUCLC", Termios.IUCLC,
          "IXON", Termios.IXON,
          "IXANY", Termios.IXANY,
          "PARMRK", Termios.PARMRK,
          "IUTF8", Termios.IUTF8);

  private static final Map<String, Integer> OUTPUT =
      Map.of(
          "OPOST", Termios.OPOST,
          "OLCUC", Termios.OLCUC,
          "ONLCR", Termios.ONLCR,
          "OCRNL", Termios.OCRNL,
          "ONOCR", Termios.ONOCR,
          "ONLRET", Termios.ONLRET,
          "XTABS", Termios.XTABS);

  private static final Map<String, Integer> LOCAL =
      Map.ofEntries(
          Map.entry("ISIG", Termios.ISIG),
          Map.entry("ICANON", Termios.ICANON),
          Map.entry("ECHO", Termios.ECHO),
          Map.entry("ECHOE", Termios.ECHOE),
          Map.entry("ECHOK", Termios.ECHOK),
          Map.entry("ECHONL", Termios.ECHONL),
          Map.entry("NOFLSH", Termios.NOFLSH),
          Map.entry("ECHOCTL", Termios.ECHOCTL),
          Map.entry("ECHOPRT", Termios.ECHOPRT),
          Map.entry("ECHOKE", Termios.ECHOKE),
          Map.entry("IEXTEN", Termios.IEXTEN));

  private static final Map<String, Integer> CHARACTERS =
      Map.of("VEOL", Termios.VEOL, "VEOL2", Termios.VEOL2);

  @TestFactory
  Stream<DynamicTest> behaves_as_recorded_on_linux() throws IOException {
    List<String> lines;
    try (InputStream recorded =
        Objects.requireNonNull(getClass().getResourceAsStream("line-discipline.txt"))) {
      lines = new String(recorded.readAllBytes(), UTF_8).lines().toList();
    }
    return lines.stream()
        .filter(line -> !line.startsWith("#"))
        .map(line -> line.split(" \\| ", -1))
        .map(columns ->
            DynamicTest.dynamicTest(
                columns[0],
                () -> {
                  List<String> answer = run(columns[0], columns[1], unescape(columns[2]));
                  assertThat(answer.get(0)).as("echo").isEqualTo(column(columns[3]));
                  assertThat(answer.subList(1, answer.size()))
                      .as("reads")
                      .isEqualTo(reads(columns[4]));
                }));
  }

  /** What the master reads, then what each read of the slave answers. */
  private static List<String> run(String name, String changes, String data) {
    TestTask task = TestTask.here();
    PtyTable table = new PtyTable(new CountLimit(1, EAGAIN), new TestJobs());
    TerminalDescription master =
        table.openMaster(task, ((DevPts) table.fileSystem()).multiplexor(), OpenFlags.O_RDWR);
    TerminalDescription slave =
        table.openSlave(task, table.fileSystem().root().lookup("0"), OpenFlags.O_RDWR);
    slave.setAttributes(task, TerminalDescription.When.NOW, changed(changes));
    master.setStatusFlags(OpenFlags.O_NONBLOCK);
    slave.setStatusFlags(OpenFlags.O_NONBLOCK);
    FileDescription end = name.startsWith("output") ? slave : master;
    byte[] bytes = data.getBytes(ISO_8859_1);
    assertThat(end.write(task, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    List<String> answer = new ArrayList<>();
    String echo = read(task, master);
    answer.add(echo == null ? "" : echo);
    String read = read(task, slave);
    while (read != null) {
      answer.add(read.isEmpty() ? "EOF" : read);
      read = read(task, slave);
    }
    return answer;
  }

  private static String read(TestTask task, FileDescription end) {
    byte[] buffer = new byte[65536];
    try {
      int count = end.read(task, buffer, 0, buffer.length);
      return new String(buffer, 0, count, ISO_8859_1);
    } catch (ErrnoException e) {
      assertThat(e.errno()).isEqualTo(EAGAIN);
      return null;
    }
  }

  private static Termios changed(String changes) {
    Termios termios = Termios.DEFAULT;
    for (String change : changes.split(" ", -1)) {
      String name = change.substring(1);
      int set = change.startsWith("+") ? -1 : 0;
      if (change.contains("=")) {
        String[] parts = change.split("=", -1);
        termios = termios.withCharacter(CHARACTERS.get(parts[0]), Integer.parseInt(parts[1]));
      } else if (INPUT.containsKey(name)) {
        termios = termios.withInput(INPUT.get(name) & set, INPUT.get(name));
      } else if (OUTPUT.containsKey(name)) {
        termios = termios.withOutput(OUTPUT.get(name) & set, OUTPUT.get(name));
      } else if (LOCAL.containsKey(name)) {
        termios = termios.withLocal(LOCAL.get(name) & set, LOCAL.get(name));
      } else {
        assertThat(change).isEqualTo("-");
      }
    }
    return termios;
  }

  private static List<String> reads(String column) {
    return column.equals("-")
        ? List.of()
        : Stream.of(column.split(" ;; ", -1)).map(LineDisciplineTest::unescape).toList();
  }

  private static String column(String column) {
    return column.equals("-") ? "" : unescape(column);
  }

  private static String unescape(String text) {
    StringBuilder plain = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '\\') {
        plain.append(c);
        continue;
      }
      i = i + 1;
      switch (text.charAt(i)) {
        case 'n' -> plain.append('\n');
        case 'r' -> plain.append('\r');
        case 't' -> plain.append('\t');
        case 'b' -> plain.append('\b');
        case 'x' -> {
          plain.append((char) Integer.parseInt(text.substring(i + 1, i + 3), 16));
          i = i + 2;
        }
        default -> plain.append(text.charAt(i));
      }
    }
    return plain.toString();
  }
}
