package io.vivarium.conformance.shell;

import java.util.List;
import java.util.Optional;

/**
 * One snippet of the corpus and what is to be said about it.
 *
 * @param theme the title of the file it stands in
 * @param name a sentence of lower-case words, unique in the corpus
 * @param needs published commands, beyond bash and the coreutils, without which it proves nothing
 * @param user who runs it
 * @param stderr text that standard error must contain on both sides, if that matters
 * @param known why the machine is expected to answer differently, if it is
 * @param script the snippet
 */
record ShellCase(
    String theme,
    String name,
    List<String> needs,
    ScriptUser user,
    Optional<String> stderr,
    Optional<String> known,
    String script) {

  /** The same case, held to what every other case is held to. */
  ShellCase withoutKnownReason() {
    return new ShellCase(theme, name, needs, user, stderr, Optional.empty(), script);
  }

  @Override
  public String toString() {
    return theme + ": " + name;
  }
}
