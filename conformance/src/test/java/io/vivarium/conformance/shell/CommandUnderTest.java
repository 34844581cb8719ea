package io.vivarium.conformance.shell;

/** A place where a published command can be started by its name, without a shell. */
@FunctionalInterface
interface CommandUnderTest {

  /** Starts the command, gives it its standard input, and waits for its end. */
  Outcome run(CommandUse use);
}
