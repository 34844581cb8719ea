package io.vivarium.kernel.process;

import io.vivarium.kernel.text.ByteStrings;

/** Names of commands, as the kernel shows them. */
final class CommandName {
  /** Longest name in bytes (TASK_COMM_LEN without the terminator). */
  private static final int MAX_BYTES = 15;

  private CommandName() {}

  /** The name cut to what a process name holds; may cut through a character, as Linux does. */
  static String of(String name) {
    byte[] bytes = ByteStrings.encode(name);
    return bytes.length <= MAX_BYTES ? name : ByteStrings.decode(bytes, 0, MAX_BYTES);
  }

  /** A name for a thread of the host: nothing in it but letters, digits and a few signs. */
  static String forThread(int pid, String name) {
    return "vivarium-" + pid + "-" + name.replaceAll("[^A-Za-z0-9._-]", "_");
  }
}
