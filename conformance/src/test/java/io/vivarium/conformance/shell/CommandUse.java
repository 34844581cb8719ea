package io.vivarium.conformance.shell;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One trivial use of a published command and what it must answer.
 *
 * @param command the name of the command, without a path
 * @param arguments what follows the name
 * @param stdin what it finds on its standard input
 * @param status its exit status
 * @param answer what one of its streams must contain, if anything
 */
record CommandUse(
    String command, List<String> arguments, String stdin, int status, Optional<Answer> answer) {

  /** A stream of a command and the expression that must be found in it. */
  record Answer(Stream stream, Pattern pattern) {}

  /** Which stream. */
  enum Stream {
    OUT,
    ERR
  }

  /** Why an outcome is not the one expected, or nothing if it is. */
  Optional<String> complaint(Outcome outcome) {
    if (outcome.status() != status) {
      return Optional.of("%s: expected status %d, got %s".formatted(command, status, outcome));
    }
    return answer
        .filter(expected -> !expected.pattern().matcher(text(outcome, expected)).find())
        .map(expected -> "%s: no %s in %s".formatted(command, expected.pattern(), outcome));
  }

  private static String text(Outcome outcome, Answer expected) {
    return expected.stream() == Stream.OUT ? outcome.out() : outcome.err();
  }

  /** The use as one would type it. */
  String typed() {
    StringBuilder line = new StringBuilder(command);
    for (String argument : arguments) {
      boolean plain = argument.matches("[-+=./%:@\\w]+");
      line.append(' ').append(plain ? argument : "'" + argument + "'");
    }
    return line.toString();
  }
}
