package io.vivarium.node.host;

import static io.vivarium.kernel.errno.Errno.E2BIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOENT;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.process.FileAction;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitOptions;
import io.vivarium.kernel.process.WaitResult;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.syscall.IdentityCalls;
import io.vivarium.kernel.syscall.ProcessCalls;
import io.vivarium.kernel.text.ByteStrings;
import io.vivarium.node.channel.Slot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Calls about processes and users. */
final class ProcessHandlers {
  private static final String DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";
  private static final String PATH = "PATH=";
  private static final int NEW_SESSION = 1;

  /** Most descriptors that a child can be given. */
  private static final int MOST_DESCRIPTORS = 256;

  private final ProcessCalls processes;
  private final IdentityCalls identity;

  ProcessHandlers(ProcessCalls processes, IdentityCalls identity) {
    this.processes = processes;
    this.identity = identity;
  }

  long umask(Request request) {
    return request.number(0) < 0 ? processes.umask() : processes.umask(request.integer(0));
  }

  long kill(Request request) {
    processes.kill(request.integer(0), request.integer(1));
    return 0;
  }

  long sleep(Request request) {
    processes.sleep(TimeUnit.MILLISECONDS.toNanos(Math.max(0, request.number(0))));
    return 0;
  }

  long parent(Request request) {
    return processes.getppid();
  }

  long getId(Request request) {
    return Integer.toUnsignedLong(
        switch (request.integer(0)) {
          case 0 -> identity.getuid();
          case 1 -> identity.geteuid();
          case 2 -> identity.getgid();
          case 3 -> identity.getegid();
          default -> throw EINVAL.exception();
        });
  }

  long setId(Request request) {
    int id = FileHandlers.id(request, 1);
    switch (request.integer(0)) {
      case 0 -> identity.setuid(id);
      case 1 -> identity.setreuid(-1, id);
      case 2 -> identity.setgid(id);
      case 3 -> identity.setregid(-1, id);
      default -> throw EINVAL.exception();
    }
    return 0;
  }

  long groups(Request request) {
    int[] groups = identity.getgroups();
    int count = Math.min(groups.length, Slot.NUMBERS);
    for (int i = 0; i < count; i++) {
      request.answerNumber(i, groups[i]);
    }
    return count;
  }

  long passwd(Request request) {
    return answer(
        request,
        request.number(0) < 0
            ? identity.passwd(request.path(1))
            : identity.passwd(request.integer(0)));
  }

  long group(Request request) {
    return answer(
        request,
        request.number(0) < 0
            ? identity.group(request.path(1))
            : identity.group(request.integer(0)));
  }

  private static long answer(Request request, @Nullable String line) {
    if (line == null) {
      throw ENOENT.exception();
    }
    return request.answer(line);
  }

  long uname(Request request) {
    return request.answer(identity.uname(request.integer(0)));
  }

  // ---- children

  long spawn(Request request) {
    int stringBytes = request.place(4);
    List<String> strings = strings(request.bytes(0, stringBytes), stringBytes);
    int arguments = count(request.number(0), strings.size() - 2);
    int variables = count(request.number(1), strings.size() - 2 - arguments);
    String file = strings.get(0);
    String directory = strings.get(1);
    List<String> environment = strings.subList(2 + arguments, 2 + arguments + variables);
    SpawnRequest.Builder child =
        SpawnRequest.program(file, strings.subList(2, 2 + arguments))
            .searchPath(searchPath(environment))
            .environment(environment)
            .workingDirectory(directory.isEmpty() ? null : directory)
            .fileActions(actions(request, stringBytes))
            .defaultSignals(-1)
            .signalMask(0);
    if (request.number(2) == NEW_SESSION) {
      child.newSession();
    }
    return processes.spawn(child.build());
  }

  private static String searchPath(List<String> environment) {
    for (String variable : environment) {
      if (variable.startsWith(PATH)) {
        return variable.substring(PATH.length());
      }
    }
    return DEFAULT_PATH;
  }

  /**
   * What becomes of descriptors. All go out of the way first: a target may be the source of
   * another.
   */
  private static List<FileAction> actions(Request request, int offset) {
    int count = count(request.number(3), MOST_DESCRIPTORS);
    List<FileAction> actions = new ArrayList<>();
    int above = count;
    for (int i = 0; i < count; i++) {
      above = Math.max(above, request.intAt(offset + i * Integer.BYTES) + 1);
    }
    for (int i = 0; i < count; i++) {
      int source = request.intAt(offset + i * Integer.BYTES);
      if (source < 0) {
        int flags = i == 0 ? OpenFlags.O_RDONLY : OpenFlags.O_RDWR;
        actions.add(new FileAction.Open(above + i, "/dev/null", flags, 0));
      } else {
        actions.add(new FileAction.Dup2(source, above + i));
      }
    }
    for (int i = 0; i < count; i++) {
      actions.add(new FileAction.Dup2(above + i, i));
    }
    actions.add(new FileAction.CloseFrom(count));
    return actions;
  }

  long await(Request request) {
    int options = request.integer(1);
    WaitResult result = processes.waitpid(request.integer(0), options & WaitOptions.WNOHANG);
    int status = result.status();
    boolean killed = WaitStatus.isSignalled(status);
    request.answerNumber(0, killed ? 0 : WaitStatus.exitCode(status));
    request.answerNumber(1, killed ? WaitStatus.termSignal(status) : 0);
    return result.pid();
  }

  /** Strings, each with a NUL behind it. */
  private static List<String> strings(byte[] bytes, int length) {
    List<String> strings = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        strings.add(ByteStrings.decode(bytes, start, i - start));
        start = i + 1;
      }
    }
    if (start != length || strings.size() < 2) {
      throw EINVAL.exception();
    }
    return strings;
  }

  private static int count(long number, int most) {
    if (number < 0) {
      throw EINVAL.exception();
    }
    if (number > most) {
      throw E2BIG.exception();
    }
    return (int) number;
  }
}
