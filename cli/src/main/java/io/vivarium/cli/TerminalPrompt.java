package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vivarium.Permissions.Answer;
import io.vivarium.Permissions.Prompt;
import io.vivarium.Permissions.Question;
import java.io.BufferedReader;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.util.Locale;

/**
 * Asks the user on the terminal, one question at a time. Without a terminal the answer is no, and
 * standard error says so.
 */
final class TerminalPrompt implements Prompt {
  private static final String TERMINAL = "/dev/tty";

  @Override
  public synchronized Answer ask(Question question) {
    String text =
        "process %d wants %s %s %s"
            .formatted(
                question.pid(),
                question.domain().key(),
                question.operation(),
                Printable.of(question.object()));
    try (OutputStream out = new FileOutputStream(TERMINAL);
        BufferedReader in =
            new BufferedReader(new InputStreamReader(new FileInputStream(TERMINAL), UTF_8))) {
      out.write(("viv: " + text + "; allow? [y]es, [N]o, [a]lways, ne[v]er: ").getBytes(UTF_8));
      String answer = in.readLine();
      return answer == null ? Answer.DENY : parse(answer.strip().toLowerCase(Locale.ROOT));
    } catch (IOException e) {
      StandardStreams.message(text + "; there is no terminal to ask on");
      return Answer.DENY;
    }
  }

  private static Answer parse(String answer) {
    return switch (answer) {
      case "y", "yes" -> Answer.ALLOW;
      case "a", "always" -> Answer.ALWAYS_ALLOW;
      case "v", "never" -> Answer.ALWAYS_DENY;
      default -> Answer.DENY;
    };
  }
}
