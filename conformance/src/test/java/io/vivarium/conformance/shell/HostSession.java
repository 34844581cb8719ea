package io.vivarium.conformance.shell;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The processes of the host that belong to one session (proc(5), setsid(2)). */
final class HostSession {

  private HostSession() {}

  /**
   * Kills every process of a session, again and again until none is left, because a process may be
   * starting another one meanwhile.
   *
   * @param leader the process id of the session's leader, which is the session's id
   */
  static void kill(long leader) throws IOException {
    for (int round = 0; round < 100 && killOnce(leader); round++) {
      Thread.onSpinWait();
    }
  }

  private static boolean killOnce(long leader) throws IOException {
    boolean found = false;
    try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
      for (Path process : processes) {
        if (belongsTo(process, leader)) {
          found = true;
          ProcessHandle.of(Long.parseLong(process.getFileName().toString()))
              .ifPresent(ProcessHandle::destroyForcibly);
        }
      }
    }
    return found;
  }

  private static boolean belongsTo(Path process, long session) {
    try {
      String stat = Files.readString(process.resolve("stat"));
      // After the command name in parentheses: state, parent, group, session.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
      return !fields[0].equals("Z") && Long.parseLong(fields[3]) == session;
    } catch (IOException gone) {
      return false;
    }
  }
}
