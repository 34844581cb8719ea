package io.vivarium.conformance.shell;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The bash of the real host, which is the oracle of the corpus.
 *
 * <p>A snippet runs in a session of its own, without a terminal, in a scratch directory. When its
 * shell has ended, or time is up, every process of that session is killed. Where the tests run as
 * root, an ordinary user is a dropped privilege; where they do not, root is a user namespace, in
 * which no file can be given to somebody else.
 */
final class HostBash implements ShellUnderTest, AutoCloseable {

  /** Sets what a child process would otherwise inherit by chance, then becomes the command. */
  private static final String PRELUDE = "umask 022; exec \"$@\"";

  /** The same, after giving the pipes to the user, who may then open them by name (proc(5)). */
  private static final String PRELUDE_TO_DROP =
      "chown " + ScriptEnvironment.USER_ID + " /dev/fd/1 /dev/fd/2; " + PRELUDE;

  private final Duration timeLimit;
  private final ScratchDirectory tools;
  private final int hostUser;

  /** Uses the tools of the host that are among the given published commands. */
  HostBash(List<String> commands) {
    this(commands, ScriptEnvironment.TIME_LIMIT);
  }

  HostBash(List<String> commands, Duration timeLimit) {
    this.timeLimit = timeLimit;
    try {
      this.tools = ScratchDirectory.create();
      HostTools.link(commands, tools.path());
      this.hostUser = (int) Files.getAttribute(tools.path(), "unix:uid");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public Outcome run(ScriptUser user, String script) {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Path work = scratch.makeDirectory(ScriptEnvironment.WORK, owner(user));
      Path home = scratch.makeDirectory(ScriptEnvironment.HOME, owner(user));
      ProcessBuilder builder = new ProcessBuilder(commandLine(user, script));
      builder.directory(work.toFile());
      builder.redirectInput(new File("/dev/null"));
      Map<String, String> environment = builder.environment();
      environment.clear();
      environment.putAll(ScriptEnvironment.variables());
      environment.put("PATH", tools.path().toString());
      environment.put("HOME", home.toString());
      environment.put("PWD", work.toString());
      return await(builder.start());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Override
  public void close() {
    tools.close();
  }

  private int owner(ScriptUser user) {
    if (hostUser != 0) {
      return hostUser;
    }
    return user == ScriptUser.ROOT ? 0 : ScriptEnvironment.USER_ID;
  }

  private List<String> commandLine(ScriptUser user, String script) {
    List<String> line = new ArrayList<>();
    line.add(HostTools.require("setsid").toString());
    line.add(HostTools.require("env").toString());
    line.add("--default-signal");
    boolean drop = hostUser == 0 && user == ScriptUser.USER;
    line.add(HostTools.require("sh").toString());
    line.addAll(List.of("-c", drop ? PRELUDE_TO_DROP : PRELUDE, "sh"));
    if (drop) {
      String id = Integer.toString(ScriptEnvironment.USER_ID);
      line.add(HostTools.require("setpriv").toString());
      line.addAll(List.of("--reuid=" + id, "--regid=" + id, "--clear-groups", "--"));
    } else if (hostUser != 0 && user == ScriptUser.ROOT) {
      line.addAll(List.of(HostTools.require("unshare").toString(), "--map-root-user", "--"));
    }
    line.addAll(List.of("bash", "-c", script));
    return line;
  }

  private Outcome await(Process shell) throws IOException {
    try (Collector stdout = new Collector(shell.getInputStream());
        Collector stderr = new Collector(shell.getErrorStream())) {
      boolean ended = shell.waitFor(timeLimit.toMillis(), MILLISECONDS);
      HostSession.kill(shell.pid());
      int status = shell.waitFor();
      return Outcome.of(stdout.bytes(), stderr.bytes(), ended ? status : Outcome.TIMED_OUT);
    } catch (InterruptedException interrupt) {
      HostSession.kill(shell.pid());
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a snippet ran", interrupt);
    }
  }
}
