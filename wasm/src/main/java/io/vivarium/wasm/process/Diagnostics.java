package io.vivarium.wasm.process;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.kernel.text.ByteStrings;

/** Tells on the standard error of a process why it ends, as a runtime of another language would. */
final class Diagnostics {
  private static final int STDERR = 2;

  /** Most characters of a line about a guest that failed. */
  private static final int MAX_LENGTH = 1024;

  private final Process process;
  private final SystemCalls calls;

  Diagnostics(Process process, SystemCalls calls) {
    this.process = process;
    this.calls = calls;
  }

  /** Writes one line; that it cannot be written is nobody's business. */
  void say(String text) {
    String line = process.name() + ": " + text;
    if (line.length() > MAX_LENGTH) {
      line = line.substring(0, MAX_LENGTH);
    }
    byte[] bytes = ByteStrings.encode(line.replace('\n', ' ') + "\n");
    try {
      calls.descriptors().write(STDERR, bytes, 0, bytes.length);
    } catch (ErrnoException e) {
      // Nobody to tell.
    }
  }
}
