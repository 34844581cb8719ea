package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The arguments of this process as the bytes they are. Java decodes them and loses what is not
 * UTF-8; Linux shows the originals in {@code /proc/self/cmdline} (proc(5)). A byte that is not part
 * of valid UTF-8 becomes U+DC80..U+DCFF, which is how the facade takes such bytes.
 */
final class RawArguments {
  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final String LOST = "\uFFFD";

  private RawArguments() {}

  /** The arguments that {@code main} was given, with what was lost in decoding put back. */
  static List<String> of(String[] decoded) {
    List<String> arguments = List.of(decoded);
    if (arguments.stream().noneMatch(argument -> argument.contains(LOST))) {
      return arguments;
    }
    try {
      return restore(arguments, Files.readAllBytes(COMMAND_LINE));
    } catch (IOException e) {
      // Not every system has it; then the arguments stay as Java decoded them.
      return arguments;
    }
  }

  /**
   * Takes the arguments from the end of a command line.
   *
   * @param decoded the arguments as Java gave them
   * @param commandLine the whole command line, each argument ended by NUL
   */
  static List<String> restore(List<String> decoded, byte[] commandLine) {
    List<String> all = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < commandLine.length; i++) {
      if (commandLine[i] == 0) {
        all.add(escape(commandLine, start, i));
        start = i + 1;
      }
    }
    int first = all.size() - decoded.size();
    return first < 0 ? decoded : List.copyOf(all.subList(first, all.size()));
  }

  private static String escape(byte[] bytes, int start, int end) {
    StringBuilder text = new StringBuilder();
    int i = start;
    while (i < end) {
      int length = sequence(bytes, i, end);
      if (length == 0) {
        text.append((char) (0xDC00 + (bytes[i] & 0xff)));
        i++;
      } else {
        text.append(new String(bytes, i, length, UTF_8));
        i += length;
      }
    }
    return text.toString();
  }

  /** The length of the valid UTF-8 sequence at {@code at}, or 0. */
  private static int sequence(byte[] bytes, int at, int end) {
    for (int length = 1; length <= 4 && at + length <= end; length++) {
      String text = new String(bytes, at, length, UTF_8);
      if (text.codePointCount(0, text.length()) == 1 && isExactly(text, bytes, at, length)) {
        return length;
      }
    }
    return 0;
  }

  private static boolean isExactly(String text, byte[] bytes, int at, int length) {
    byte[] encoded = text.getBytes(UTF_8);
    if (encoded.length != length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (encoded[i] != bytes[at + i]) {
        return false;
      }
    }
    return true;
  }
}
