package io.vivarium.conformance.shell;

/** Who runs a snippet. */
enum ScriptUser {
  /** An ordinary user with uid and gid 1000: file permissions apply. */
  USER,
  /** Uid 0: file permissions are bypassed, as Linux bypasses them. */
  ROOT
}
