package io.vivarium.conformance.shell;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What a snippet left: both streams and the exit status of its shell.
 *
 * @param out standard output, one character of U+0000 to U+00FF for each byte
 * @param err standard error, likewise
 * @param status 0 to 255, 128 + n when signal n ended the shell, or {@link #TIMED_OUT}
 */
record Outcome(String out, String err, int status) {

  /** The status of a snippet that was still running at the time limit. */
  static final int TIMED_OUT = -1;

  /** The outcome with these bytes on its streams. */
  static Outcome of(byte[] stdout, byte[] stderr, int status) {
    return new Outcome(new String(stdout, ISO_8859_1), new String(stderr, ISO_8859_1), status);
  }

  /** Whether standard output and status, which are what is compared, are the same. */
  boolean agreesWith(Outcome other) {
    return status == other.status && out.equals(other.out);
  }

  @Override
  public String toString() {
    String ending = status == TIMED_OUT ? "timed out" : "status " + status;
    return ending + "\n--- stdout\n" + out + "\n--- stderr\n" + err;
  }
}
