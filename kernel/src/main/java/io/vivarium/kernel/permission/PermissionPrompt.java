package io.vivarium.kernel.permission;

/**
 * Asked where a rule says so. Called on a thread of its own, by several at the same time; when the
 * deadline passes or whoever waits is killed, the thread is interrupted and its answer ignored.
 */
@FunctionalInterface
public interface PermissionPrompt {
  /** What can be answered. */
  enum Answer {
    /** Yes, this time. */
    ALLOW,
    /** No, this time. */
    DENY,
    /** Yes, and for this operation the rule is to be read so from now on. */
    ALWAYS_ALLOW,
    /** No, and for this operation the rule is to be read so from now on. */
    ALWAYS_DENY
  }

  /**
   * Answers.
   *
   * @param pid who asks; 0 for the host
   * @param domain what it is about
   * @param operation what is to be done
   * @param object to what
   */
  Answer ask(int pid, Domain domain, String operation, String object);
}
