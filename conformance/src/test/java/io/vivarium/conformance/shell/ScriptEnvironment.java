package io.vivarium.conformance.shell;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** What every snippet finds when it starts, the same on every side of a comparison. */
final class ScriptEnvironment {

  /** The last component of the working directory. */
  static final String WORK = "work";

  /** The last component of the home directory, a sibling of the working directory. */
  static final String HOME = "home";

  /** How long a snippet may take before it is killed with everything it started. */
  static final Duration TIME_LIMIT = Duration.ofSeconds(20);

  /** The uid and the gid of {@link ScriptUser#USER}. */
  static final int USER_ID = 1000;

  private ScriptEnvironment() {}

  /**
   * The whole environment of a snippet, except for {@code PATH}, {@code HOME} and {@code PWD},
   * which depend on the side. Git gets an identity, fixed times (so that hashes are equal
   * everywhere), a default branch name, and no configuration from the system, pager, editor or
   * prompt.
   */
  static Map<String, String> variables() {
    Map<String, String> variables = new TreeMap<>();
    variables.put("LC_ALL", "C");
    variables.put("TZ", "UTC");
    variables.put("TERM", "dumb");
    variables.put("GIT_AUTHOR_NAME", "Ada Author");
    variables.put("GIT_AUTHOR_EMAIL", "ada@example.org");
    variables.put("GIT_AUTHOR_DATE", "2024-03-01T12:00:00+0000");
    variables.put("GIT_COMMITTER_NAME", "Carl Committer");
    variables.put("GIT_COMMITTER_EMAIL", "carl@example.org");
    variables.put("GIT_COMMITTER_DATE", "2024-03-01T12:00:00+0000");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_CONFIG_COUNT", "2");
    variables.put("GIT_CONFIG_KEY_0", "init.defaultBranch");
    variables.put("GIT_CONFIG_VALUE_0", "main");
    variables.put("GIT_CONFIG_KEY_1", "protocol.file.allow");
    variables.put("GIT_CONFIG_VALUE_1", "always");
    variables.put("GIT_PAGER", "cat");
    variables.put("GIT_EDITOR", "true");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    return variables;
  }
}
