package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.KernelOptions;
import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.file.AnonymousFileSystem;
import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.kernel.limit.Gauges;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.process.Launch;
import io.vivarium.kernel.process.PidDescription;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.SignalAction;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.CallStatistics;
import io.vivarium.kernel.trace.TraceLines;
import io.vivarium.kernel.tty.HostTerminal;
import io.vivarium.kernel.tty.Termios;
import io.vivarium.kernel.tty.WindowSize;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.Waiter;
import io.vivarium.nio.MachineFileSystem;
import io.vivarium.wasm.process.Preopen;
import io.vivarium.wasm.process.WasmBinaryFormat;
import io.vivarium.wasm.trace.Tracing;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A virtual Linux-like machine: a tree of files, processes, users, and commands that run in it.
 * Nothing it does reaches the host, except through what was mounted. Thread-safe; any number of
 * commands run at the same time.
 */
public final class VirtualMachine implements AutoCloseable {
  /** How long closing waits for the owner to hear of the last events. */
  private static final Duration EVENTS_GRACE = Duration.ofSeconds(1);

  private static final AtomicLong COUNT = new AtomicLong();

  private final String id = "vm-" + COUNT.incrementAndGet();
  private final Vivarium vivarium;
  private final MachineState state;
  private final Kernel kernel;
  private final WasmBinaryFormat wasm;
  private final @Nullable CallMetrics metrics;
  private final @Nullable TraceLines strace;
  private final HostModules modules;
  private final AnonymousFileSystem anonymous = AnonymousFileSystem.pipes();
  private final MachineFileSystem files;
  private final AtomicBoolean closed = new AtomicBoolean();

  VirtualMachine(Vivarium vivarium, MachineState state) {
    this.vivarium = vivarium;
    this.state = state;
    this.kernel = state.boot(id);
    this.metrics = state.settings().metrics() ? new CallMetrics(id) : null;
    if (metrics != null) {
      kernel.processes().countCpuTime();
    }
    Consumer<String> strace = state.settings().strace();
    this.strace = strace == null ? null : new TraceLines(strace);
    this.wasm = vivarium.lane().install(kernel, new Tracing(metrics, this.strace));
    this.modules = new HostModules(kernel, state);
    this.files =
        new MachineFileSystem(
            kernel.vfs(), kernel.opener(), Credentials.root(), () -> !closed.get());
  }

  /** What {@link MachineEvent}s call this machine; unique in the JVM. */
  public String id() {
    return id;
  }

  /** Runs a script with {@code sh -c} and waits for it. */
  public ExecResult exec(String script) {
    return exec(Command.shell(script));
  }

  /** Runs a program with its arguments and waits for it. */
  public ExecResult exec(List<String> arguments) {
    return exec(Command.of(arguments));
  }

  /**
   * Runs a command, feeds it its input, collects its output and waits until it ends. A program that
   * cannot be started is reported as a shell does: exit status 127 when there is none, 126 when it
   * cannot be run, with a message on standard error.
   *
   * <p>What the command left running in the background goes on; what that writes later is lost.
   * When the time limit passes or the calling thread is interrupted, everything the command started
   * is killed.
   *
   * @throws VivariumException when the machine is closed, has no such user or working directory, or
   *     the calling thread was interrupted
   */
  public ExecResult exec(Command command) {
    checkOpen();
    long deadline =
        command.timeout() == null ? Waiter.NEVER : System.nanoTime() + command.timeout().toNanos();
    Pipes pipes = Pipes.open(kernel, credentials(command));
    Process process;
    try {
      process = launch(command, pipes.guest(), Map.of(), started -> {});
    } catch (ErrnoException e) {
      pipes.closeHost();
      return notStarted(command, e.errno());
    } catch (VivariumException e) {
      pipes.closeHost();
      throw e;
    }
    FileDescription exit =
        new PidDescription(process, anonymous.create(FileType.REGULAR, 0600, 0, 0));
    Capture capture =
        new Capture(
            pipes.stdin(),
            pipes.stdout(),
            pipes.stderr(),
            exit,
            command.input(),
            captureGauge(command, process));
    try {
      boolean ended = capture.run(deadline);
      if (!ended) {
        Sessions.kill(kernel.processes(), process.session());
        capture.run(Waiter.NEVER);
      }
      return new ExecResult(
          WaitStatus.shellStatus(process.status()),
          capture.stdout(),
          capture.stderr(),
          !ended,
          capture.truncated());
    } catch (ErrnoException e) {
      Sessions.kill(kernel.processes(), process.session());
      throw new VivariumException("Interrupted while running " + command + "; it was killed", e);
    } finally {
      capture.close();
    }
  }

  /** How much of the output of a command is kept, and who hears when it is more. */
  private Gauge captureGauge(Command command, Process process) {
    Gauges gauges = kernel.gauges();
    return command.captureLimit().isPresent()
        ? gauges.ofProcess(Limit.CAPTURED_OUTPUT, process.pid(), command.captureLimit().getAsInt())
        : gauges.ofProcess(Limit.CAPTURED_OUTPUT, process.pid());
  }

  /**
   * Starts a command with pipes as its standard streams.
   *
   * @throws NotStartedException when there is no such program, or it cannot be run
   * @throws VivariumException when the machine is closed, or has no such user or working directory
   */
  public GuestProcess spawn(Command command) {
    checkOpen();
    Pipes pipes = Pipes.open(kernel, credentials(command));
    try {
      Process process = launch(command, pipes.guest(), Map.of(), started -> {});
      return new GuestProcess(
          kernel.processes(),
          process,
          new DescriptionOutput(pipes.stdin()),
          new DescriptionInput(pipes.stdout()),
          new DescriptionInput(pipes.stderr()),
          size -> {});
    } catch (ErrnoException e) {
      pipes.closeHost();
      throw cannotStart(command, e);
    } catch (VivariumException e) {
      pipes.closeHost();
      throw e;
    }
  }

  /**
   * Starts a command on a new terminal, as the leader of its session: what a person would type
   * into. The terminal erases whole characters of UTF-8 (IUTF8 of termios(3)).
   *
   * @param size the first size of its window
   * @throws NotStartedException when there is no such program, or it cannot be run
   * @throws VivariumException when the machine is closed, or has no such user or working directory
   */
  public GuestProcess spawn(Command command, TerminalSize size) {
    checkOpen();
    HostTerminal terminal =
        kernel.terminals().openHost(new WindowSize(size.rows(), size.columns()), 0);
    terminal.setAttributes(terminal.attributes().withInput(Termios.IUTF8, 0));
    SortedMap<Integer, FileDescription> descriptors = new TreeMap<>();
    for (int fd = 0; fd < 3; fd++) {
      descriptors.put(fd, terminal.openSlave());
    }
    try {
      Process process =
          launch(
              command,
              descriptors,
              Map.of("TERM", "xterm-256color"),
              started -> {
                terminal.control(started.session().id());
                if (command.isInteractiveShell()) {
                  SignalAction taken = SignalAction.handler(0, SignalAction.SA_RESTART);
                  started.signals().setAction(Signal.SIGINT, taken);
                  started.signals().setAction(Signal.SIGQUIT, taken);
                }
              });
      return new GuestProcess(
          kernel.processes(),
          process,
          new TerminalOutput(terminal),
          new TerminalInput(terminal),
          InputStream.nullInputStream(),
          changed -> terminal.resize(new WindowSize(changed.rows(), changed.columns())));
    } catch (ErrnoException e) {
      terminal.close();
      throw cannotStart(command, e);
    } catch (VivariumException e) {
      terminal.close();
      throw e;
    }
  }

  /** The tree as a Java file system, live; host code acts on it as uid 0. */
  public FileSystem files() {
    return files;
  }

  /**
   * Mounts something; missing directories are made. What is there already is covered until it is
   * unmounted.
   *
   * @param path an absolute guest path below the root, without "." and ".."
   * @throws VivariumException when it cannot be opened, or the path is that of a file
   */
  public void mount(String path, Mount mount) {
    checkOpen();
    state.mount(kernel, path, mount);
  }

  /**
   * Removes a mount, the last one made at the path.
   *
   * @param path the path it was mounted at
   * @throws VivariumException when nothing is mounted there, or it is in use
   */
  public void unmount(String path) {
    checkOpen();
    state.unmount(kernel, path);
  }

  /**
   * What the machine has done and holds now. May be asked at any time, also when it is closed.
   * Calls are there, and CPU time is more than 0, only when {@link MachineOptions#metrics} was
   * switched on.
   */
  public MachineMetrics metrics() {
    List<CallStatistics> calls = metrics == null ? List.of() : metrics.statistics();
    return new MachineMetrics(
        calls.stream().map(MachineMetrics.Call::of).toList(),
        kernel.gauges().readings().stream().map(MachineMetrics.Gauge::of).toList());
  }

  /**
   * Freezes the files of the machine in constant time. Processes go on and are not part of it, nor
   * are the contents of host directories.
   */
  public Snapshot snapshot() {
    checkOpen();
    return new Snapshot(vivarium, state.freeze());
  }

  /** A new machine with the same files, in constant time; from now on both go their own ways. */
  public VirtualMachine fork() {
    return snapshot().machine();
  }

  /** Kills everything and gives back what the machine holds. Does nothing the second time. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      kernel.close();
      if (strace != null) {
        strace.close();
      }
      state.close();
      if (kernel.options().events() instanceof EventDelivery delivery) {
        delivery.await(EVENTS_GRACE);
      }
    }
  }

  private Process launch(
      Command command,
      SortedMap<Integer, FileDescription> descriptors,
      Map<String, String> extra,
      Consumer<Process> prepare) {
    boolean started = false;
    try {
      Login login = Logins.find(kernel.users(), userOf(command));
      String directory =
          command.workingDirectory() == null
              ? Logins.homeOrRoot(kernel, login)
              : Logins.directory(kernel, login, command.workingDirectory());
      Map<String, String> environment = new LinkedHashMap<>(extra);
      environment.putAll(command.environment());
      // Where a command starts is the host's choice, and no guest is asked about it.
      Location root = kernel.vfs().mounts().root();
      Location start = kernel.vfs().resolve(login.credentials(), root, directory, true);
      kernel.vfs().checkAccess(login.credentials(), start, Access.EXECUTE);
      KernelOptions options = kernel.options();
      List<String> entries =
          command.cleanEnvironment()
              ? EnvironmentVariables.only(environment)
              : EnvironmentVariables.of(
                  login, options.hostname(), directory, state.environment(), environment);
      SpawnRequest request =
          SpawnRequest.program(program(command), command.arguments())
              .searchPath(EnvironmentVariables.path(entries))
              .environment(entries)
              .newSession()
              .build();
      started = true;
      return kernel
          .processes()
          .launch(
              new Launch(
                  request,
                  login.credentials(),
                  start,
                  Process.DEFAULT_UMASK,
                  descriptors,
                  prepare.andThen(process -> confine(process, command))));
    } finally {
      if (!started) {
        descriptors.values().forEach(FileDescription::release);
      }
    }
  }

  private String program(Command command) {
    Path module = command.module();
    return module == null ? command.arguments().getFirst() : modules.place(module);
  }

  /**
   * A module from the host reaches what it was given; a command of the machine, what its user may.
   */
  private void confine(Process process, Command command) {
    if (command.module() != null) {
      wasm.confine(
          process,
          command.directories().stream()
              .map(granted -> new Preopen(granted.path(), granted.name()))
              .toList());
    }
  }

  private Credentials credentials(Command command) {
    return Logins.find(kernel.users(), userOf(command)).credentials();
  }

  private String userOf(Command command) {
    return command.user() == null ? state.user() : command.user();
  }

  private static ExecResult notStarted(Command command, Errno errno) {
    String message = "sh: " + command.arguments().getFirst() + ": " + errno.message() + "\n";
    int status = errno == Errno.ENOENT ? 127 : 126;
    return new ExecResult(
        status, new byte[0], message.getBytes(StandardCharsets.UTF_8), false, false);
  }

  private static NotStartedException cannotStart(Command command, ErrnoException e) {
    return new NotStartedException(
        command.arguments().getFirst() + ": " + e.errno().message(), e.errno() != Errno.ENOENT, e);
  }

  private void checkOpen() {
    if (closed.get()) {
      throw new VivariumException("The machine is closed");
    }
  }

  /** The host's and the guest's ends of the standard streams. */
  private record Pipes(PipeEnds in, PipeEnds out, PipeEnds err) {
    /** Pipes that belong to whoever uses them, who may open them again by name. */
    static Pipes open(Kernel kernel, Credentials owner) {
      int uid = owner.effectiveUid();
      int gid = owner.effectiveGid();
      return new Pipes(
          kernel.pipes().create(0, uid, gid),
          kernel.pipes().create(0, uid, gid),
          kernel.pipes().create(0, uid, gid));
    }

    FileDescription stdin() {
      return in.writer();
    }

    FileDescription stdout() {
      return out.reader();
    }

    FileDescription stderr() {
      return err.reader();
    }

    SortedMap<Integer, FileDescription> guest() {
      SortedMap<Integer, FileDescription> descriptors = new TreeMap<>();
      descriptors.put(0, in.reader());
      descriptors.put(1, out.writer());
      descriptors.put(2, err.writer());
      return descriptors;
    }

    void closeHost() {
      stdin().release();
      stdout().release();
      stderr().release();
    }
  }
}
