package io.vivarium.cli;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.cli.CommandLine;
import org.apache.commons.cli.DefaultParser;
import org.apache.commons.cli.MissingArgumentException;
import org.apache.commons.cli.Option;
import org.apache.commons.cli.Options;
import org.apache.commons.cli.ParseException;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a subcommand: its options, then its operands. Options end at the first operand
 * or at {@code --}, as what follows belongs to a guest command. Immutable.
 */
final class Arguments {
  private static final String END_OF_OPTIONS = "--";

  private final CommandLine parsed;
  private final List<String> operands;

  private Arguments(CommandLine parsed, List<String> operands) {
    this.parsed = parsed;
    this.operands = operands;
  }

  /** An option without a value. */
  static Option flag(@Nullable String letter, String name) {
    return Option.builder(letter).longOpt(name).get();
  }

  /** An option that takes a value. */
  static Option value(@Nullable String letter, String name) {
    return Option.builder(letter).longOpt(name).hasArg().get();
  }

  /**
   * Tells options from operands.
   *
   * @throws UsageError when there is an option that is none, or one without its value
   */
  static Arguments parse(Options options, List<String> arguments) {
    CommandLine parsed;
    try {
      parsed =
          DefaultParser.builder()
              .setAllowPartialMatching(false)
              .setStripLeadingAndTrailingQuotes(false)
              .get()
              .parse(options, arguments.toArray(new String[0]), true);
    } catch (MissingArgumentException e) {
      throw new UsageError("option --" + e.getOption().getLongOpt() + " needs a value");
    } catch (ParseException e) {
      throw new UsageError(String.valueOf(e.getMessage()));
    }
    List<String> operands = List.copyOf(parsed.getArgList());
    refuseUnknownOption(arguments, operands);
    return new Arguments(parsed, operands);
  }

  /** The parser takes an option it does not know for an operand. */
  private static void refuseUnknownOption(List<String> arguments, List<String> operands) {
    if (operands.isEmpty() || operands.getFirst().length() < 2) {
      return;
    }
    String first = operands.getFirst();
    int before = arguments.size() - operands.size() - 1;
    boolean isCommand = before >= 0 && arguments.get(before).equals(END_OF_OPTIONS);
    if (first.startsWith("-") && !isCommand) {
      throw new UsageError("unknown option " + first);
    }
  }

  /** Whether an option is there. */
  boolean has(String name) {
    return parsed.hasOption(name);
  }

  /** The value of an option; the last one when it is given more than once. */
  @Nullable String value(String name) {
    List<String> values = values(name);
    return values.isEmpty() ? null : values.getLast();
  }

  /** Every value of an option, in order. */
  List<String> values(String name) {
    String[] values = parsed.getOptionValues(name);
    return values == null ? List.of() : Arrays.asList(values);
  }

  /**
   * An option as it was given.
   *
   * @param name its long name
   * @param value its value; empty for one without
   */
  record Given(String name, String value) {}

  /** All options as they were given, in order. */
  List<Given> inOrder() {
    return Arrays.stream(parsed.getOptions())
        .map(option -> new Given(option.getLongOpt(), option.getValue("")))
        .toList();
  }

  /** What follows the options. */
  List<String> operands() {
    return operands;
  }

  /**
   * Refuses operands.
   *
   * @throws UsageError when there are some
   */
  void refuseOperands() {
    if (!operands.isEmpty()) {
      throw new UsageError("unexpected argument " + operands.getFirst());
    }
  }
}
