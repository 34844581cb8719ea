package io.vivarium.conformance.shell;

/**
 * A place where a shell snippet can run: the real host, or a machine.
 *
 * <p>Every run starts from the same facts: bash with the snippet as its {@code -c} argument, an
 * empty working directory whose last component is {@link ScriptEnvironment#WORK}, an empty home
 * directory beside it, the variables of {@link ScriptEnvironment}, umask 022, default signal
 * dispositions, an empty standard input, and pipes as standard output and standard error. Nothing a
 * run leaves behind is visible to the next.
 *
 * <p>Implementations may be called from several threads at once.
 */
interface ShellUnderTest {

  /** Runs one snippet as the given user, to its end or to {@link ScriptEnvironment#TIME_LIMIT}. */
  Outcome run(ScriptUser user, String script);
}
