package io.vivarium;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * What a finished command left behind.
 *
 * @param exitStatus 0 to 255; 128 + n when signal n ended it, as a shell reports it
 * @param stdout what it wrote to standard output, up to the capture limit; not copied
 * @param stderr what it wrote to standard error, likewise
 * @param timedOut whether the time limit ended it
 * @param truncated whether it wrote more than was captured
 */
public record ExecResult(
    int exitStatus, byte[] stdout, byte[] stderr, boolean timedOut, boolean truncated) {

  /** Whether the exit status is 0. */
  public boolean succeeded() {
    return exitStatus == 0;
  }

  /** Standard output as UTF-8 text. */
  public String stdoutText() {
    return new String(stdout, UTF_8);
  }

  /** Standard error as UTF-8 text. */
  public String stderrText() {
    return new String(stderr, UTF_8);
  }

  @Override
  public String toString() {
    return "exit "
        + exitStatus
        + (timedOut ? ", timed out" : "")
        + (truncated ? ", output truncated" : "")
        + ", "
        + stdout.length
        + " bytes out, "
        + stderr.length
        + " bytes err";
  }
}
