package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Arguments that are not UTF-8 keep their bytes. */
final class RawArgumentsTest {
  @Test
  void arguments_that_java_decoded_without_loss_are_taken_as_they_are() {
    assertThat(RawArguments.of(new String[] {"ls", "", "ä"})).containsExactly("ls", "", "ä");
  }

  @Test
  void byte_outside_of_utf_8_becomes_an_escape() {
    assertThat(restore("java\0-jar\0viv.jar\0a\u00ffb\0\0", "a\uFFFDb", ""))
        .containsExactly("a\uDCFFb", "");
  }

  @Test
  void valid_text_beside_it_keeps_its_meaning() {
    byte[] line = "java\0ä€😀\uFFFD\0".getBytes(UTF_8);

    assertThat(RawArguments.restore(List.of("ä€😀\uFFFD"), line)).containsExactly("ä€😀\uFFFD");
  }

  @Test
  void truncated_overlong_and_surrogate_sequences_are_escaped_byte_by_byte() {
    assertThat(restore("v\0\u00e2\u0082\0", "\uFFFD")).containsExactly("\uDCE2\uDC82");
    assertThat(restore("v\0\u00c0\u0080\0", "\uFFFD")).containsExactly("\uDCC0\uDC80");
    assertThat(restore("v\0\u00ed\u00a0\u0080\0", "\uFFFD")).containsExactly("\uDCED\uDCA0\uDC80");
  }

  @Test
  void command_line_that_does_not_fit_is_not_believed() {
    assertThat(restore("v\0", "a\uFFFD", "b")).containsExactly("a\uFFFD", "b");
  }

  @Property
  void no_byte_is_lost(@ForAll byte[] bytes) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    line.writeBytes("java\0".getBytes(UTF_8));
    ByteArrayOutputStream argument = new ByteArrayOutputStream();
    for (byte b : bytes) {
      argument.write(b == 0 ? 1 : b);
    }
    line.writeBytes(argument.toByteArray());
    line.write(0);

    String restored = RawArguments.restore(List.of("\uFFFD"), line.toByteArray()).getFirst();

    assertThat(bytesOf(restored)).isEqualTo(argument.toByteArray());
  }

  private static byte[] bytesOf(String escaped) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    escaped
        .codePoints()
        .forEach(point -> {
          if (point >= 0xDC80 && point <= 0xDCFF) {
            bytes.write(point - 0xDC00);
          } else {
            bytes.writeBytes(Character.toString(point).getBytes(UTF_8));
          }
        });
    return bytes.toByteArray();
  }

  /** Reads a command line of which each character is a byte. */
  private static List<String> restore(String line, String... decoded) {
    return RawArguments.restore(List.of(decoded), line.getBytes(ISO_8859_1));
  }
}
