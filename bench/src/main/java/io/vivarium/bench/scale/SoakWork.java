package io.vivarium.bench.scale;

import io.vivarium.Command;
import io.vivarium.ExecResult;
import io.vivarium.GuestProcess;
import io.vivarium.MachineOptions;
import io.vivarium.Mount;
import io.vivarium.Permissions;
import io.vivarium.Snapshot;
import io.vivarium.TerminalSize;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;
import io.vivarium.VivariumException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Everything that machines are used for, one piece after the other, chosen by a seed. Each piece
 * checks what came out, and ends by itself. For one thread.
 */
final class SoakWork implements AutoCloseable {
  /** Nothing here takes so long, even on a host that has much else to do. */
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Exit statuses of who was killed by SIGXCPU and SIGKILL. */
  private static final int OUT_OF_CPU_TIME = 128 + 24;

  private static final int KILLED = 128 + 9;

  /** Different modules, so that classes are loaded and unloaded all the time. */
  private static final int MODULES = 24;

  private static final long FEW_TURNS = 1_000;

  private final Vivarium vivarium;
  private final Path host;
  private final List<Path> modules = new ArrayList<>();
  private final Random random;

  /** Lives as long as the soak, and must not grow either. */
  private final VirtualMachine resident;

  private long pieces;

  /**
   * Work for one thread.
   *
   * @param host an empty folder of the host, for mounts and modules
   */
  SoakWork(Vivarium vivarium, Path host, long seed) throws IOException {
    this.vivarium = vivarium;
    this.host = Files.createDirectories(host.resolve("mounted"));
    this.random = new Random(seed);
    for (int i = 0; i < MODULES; i++) {
      modules.add(Files.write(host.resolve(i + ".wasm"), SpinModule.bytes(FEW_TURNS + i)));
    }
    this.resident = vivarium.machine(options -> options.metrics(true));
  }

  /** A piece of work. */
  @FunctionalInterface
  interface Piece {
    void run() throws Exception;
  }

  /** How many pieces were done. */
  long pieces() {
    return pieces;
  }

  /** Does each piece once. */
  void all() throws Exception {
    for (Piece piece : every()) {
      piece.run();
      pieces++;
    }
    for (Path module : modules) {
      expect(0, resident, Command.module(module));
    }
  }

  /** Does one piece. */
  void one() throws Exception {
    List<Piece> every = every();
    every.get(random.nextInt(every.size())).run();
    pieces++;
  }

  @Override
  public void close() {
    resident.close();
  }

  private List<Piece> every() {
    return List.of(
        this::live,
        this::stay,
        this::forks,
        this::repository,
        this::pipelines,
        this::kills,
        this::timeLimits,
        this::interruption,
        this::storageLimits,
        this::processLimits,
        this::memoryLimits,
        this::cpuLimits,
        this::output,
        this::observation,
        this::denials,
        this::terminal,
        this::mounts,
        this::hostView,
        this::modules,
        this::anotherVivarium);
  }

  // ---- machines

  private void live() {
    try (VirtualMachine machine = vivarium.machine()) {
      sh(0, machine, "echo hello > /tmp/f && cat /tmp/f && ls -l /tmp");
    }
  }

  private void stay() {
    sh(0, resident, "for i in 1 2 3; do echo $i > /tmp/$i; done; ls /tmp; rm -r /tmp/*");
  }

  private void forks() {
    try (VirtualMachine machine = vivarium.machine()) {
      sh(0, machine, "seq 1000 > /tmp/numbers");
      Snapshot snapshot = machine.snapshot();
      List<VirtualMachine> copies = new ArrayList<>();
      try {
        copies.add(machine.fork());
        copies.add(snapshot.machine());
        copies.add(copies.getFirst().fork());
        Collections.shuffle(copies, random);
        for (VirtualMachine copy : copies) {
          sh(0, copy, "echo more >> /tmp/numbers; wc -l /tmp/numbers; rm /tmp/numbers");
        }
      } finally {
        copies.forEach(VirtualMachine::close);
      }
      sh(0, machine, "wc -l /tmp/numbers");
    }
  }

  private void anotherVivarium() {
    try (Vivarium another =
            Vivarium.builder()
                .home(vivarium.codeFolder().resolveSibling(""))
                .packages(vivarium.packagesFolder())
                .create();
        VirtualMachine machine = another.machine()) {
      expect(0, machine, Command.of("true"));
    }
  }

  // ---- commands

  private void repository() {
    try (VirtualMachine machine = vivarium.machine()) {
      sh(
          0,
          machine,
          "mkdir /tmp/r && cd /tmp/r && git init -q && echo text > file && git add . &&"
              + " git -c user.name=n -c user.email=e commit -q -m first && git log --oneline");
    }
  }

  private void pipelines() {
    sh(0, resident, "seq 5000 | sort -rn | head -100 | sed s/1/2/ | wc -l");
    sh(0, resident, "echo '{\"a\": [1, 2]}' | jq .a[1]");
    sh(0, resident, "seq 2000 | awk '{ n += $1 } END { print n }'");
    sh(0, resident, "sqlite3 :memory: 'select 1 + 1'");
  }

  private void kills() throws InterruptedException {
    try (VirtualMachine machine = vivarium.machine()) {
      try (GuestProcess loop = machine.spawn(Command.of("awk", "BEGIN { while (1) i++ }"))) {
        loop.kill();
        ended(KILLED, loop);
      }
      try (GuestProcess sleeper = machine.spawn(Command.of("sleep", "1000"))) {
        sleeper.signal(15);
        ended(128 + 15, sleeper);
      }
      // These end with their machine.
      machine.spawn(Command.of("cat"));
      machine.spawn(Command.shell("yes | cat > /dev/null"));
    }
  }

  private static void ended(int status, GuestProcess process) throws InterruptedException {
    OptionalInt end = process.waitFor(PATIENCE);
    check(
        end.isPresent() && end.getAsInt() == status,
        "A process has not ended with status " + status + " but " + end);
  }

  private void timeLimits() {
    ExecResult result =
        resident.exec(
            Command.shell("sleep 1000 & while true; do true; done")
                .withTimeout(Duration.ofMillis(50)));
    check(result.timedOut(), "A loop ended by itself");
  }

  private void interruption() throws InterruptedException {
    Thread caller = Thread.currentThread();
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              try {
                Thread.sleep(20);
                caller.interrupt();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try {
      resident.exec(Command.of("sleep", "1000"));
      check(false, "A command went on when its caller was interrupted");
    } catch (VivariumException e) {
      // As it is meant to be.
    } finally {
      Thread.interrupted();
      other.join();
    }
  }

  private void output() {
    ExecResult result =
        resident.exec(Command.of("seq", "20000").withCaptureLimit(1000).withTimeout(PATIENCE));
    check(
        result.truncated() && result.stdout().length == 1000,
        "The limit of captured output does not hold");
  }

  private void terminal() throws IOException, InterruptedException {
    try (VirtualMachine machine = vivarium.machine();
        GuestProcess shell =
            machine.spawn(
                Command.shell("read line; stty size; exit $line"), new TerminalSize(24, 80))) {
      shell.stdin().write("3\n".getBytes(StandardCharsets.US_ASCII));
      shell.stdin().flush();
      shell.resize(new TerminalSize(30, 100));
      shell.stdout().readAllBytes();
      ended(3, shell);
    }
  }

  private void modules() {
    Path module = modules.get(random.nextInt(modules.size()));
    try (VirtualMachine machine = vivarium.machine()) {
      expect(0, machine, Command.module(module));
    }
  }

  // ---- limits

  private void limited(Consumer<MachineOptions> limits, Consumer<VirtualMachine> use) {
    try (VirtualMachine machine =
        vivarium.machine(options -> limits.accept(options.onEvent(event -> {})))) {
      use.accept(machine);
    }
  }

  private void storageLimits() {
    limited(
        options -> options.storage(1 << 20, 200),
        machine -> {
          sh(1, machine, "dd if=/dev/zero of=/tmp/f bs=65536 count=64");
          sh(0, machine, "rm /tmp/f; i=0; while echo > /tmp/$i; do i=$((i+1)); done; true");
        });
  }

  private void processLimits() {
    limited(
        options -> options.maxProcesses(8),
        machine ->
            machine.exec(
                Command.shell("for i in 1 2 3 4 5 6 7 8 9 10; do sleep 1000 & done; exit 0")
                    .withTimeout(PATIENCE)));
    limited(
        options -> options.limit("process.descriptors", 3),
        machine -> expect(1, machine, Command.of("cat", "/etc/passwd")));
  }

  private void memoryLimits() {
    limited(
        options -> options.processMemory(16 << 20),
        machine -> {
          ExecResult result =
              machine.exec(
                  Command.of("awk", "BEGIN { s = \"0123456789\"; while (1) s = s s }")
                      .withTimeout(PATIENCE));
          check(!result.succeeded() && !result.timedOut(), "Memory has no limit");
        });
  }

  private void cpuLimits() {
    Command loop = Command.of("awk", "BEGIN { while (1) i++ }");
    limited(
        options -> options.limit("cpu.process-time", 50),
        machine -> expect(OUT_OF_CPU_TIME, machine, loop));
    limited(
        options -> options.limit("cpu.fuel", 100_000),
        machine -> expect(OUT_OF_CPU_TIME, machine, loop));
  }

  // ---- what owners see and say

  private void observation() {
    AtomicLong lines = new AtomicLong();
    limited(
        options -> options.metrics(true).strace(line -> lines.incrementAndGet()),
        machine -> {
          sh(0, machine, "ls / | wc -l; cat /missing; true");
          check(!machine.metrics().calls().isEmpty(), "Nothing was counted");
        });
    check(lines.get() > 0, "Nothing was traced");
  }

  private void denials() {
    limited(
        options ->
            options.permissions(
                Permissions.builder()
                    .initially(Permissions.Domain.FS, Permissions.Mode.ALLOW)
                    .initially(Permissions.Domain.PROCESS, Permissions.Mode.ALLOW)
                    .initially(Permissions.Domain.ENVIRONMENT, Permissions.Mode.ALLOW)
                    .deny(Permissions.Domain.FS, "/tmp/**")
                    .explain()
                    .build()),
        machine -> sh(1, machine, "cat /tmp/secret"));
  }

  private void mounts() throws IOException {
    Path folder = Files.createDirectories(host.resolve("folder"));
    Files.writeString(folder.resolve("in"), "from the host\n");
    try (VirtualMachine machine =
        vivarium.machine(options -> options.mount("/host", Mount.hostDirectory(folder)))) {
      sh(
          0,
          machine,
          "cp /host/in /host/out && ls -l /host && mkdir /host/d && mv /host/out /host/d");
      machine.mount("/again", Mount.hostDirectory(folder).readOnly());
      sh(1, machine, "echo > /again/in");
      machine.unmount("/again");
      machine.mount("/frozen", Mount.snapshot(resident.snapshot()));
      sh(0, machine, "ls /frozen/etc; rm -r /host/d");
    }
  }

  private void hostView() throws IOException {
    try (VirtualMachine machine = vivarium.machine()) {
      Path directory = machine.files().getPath("/tmp/tree");
      Files.createDirectories(directory.resolve("a/b/c"));
      Path file = directory.resolve("a/f");
      Files.write(file, new byte[100_000]);
      Files.copy(file, directory.resolve("a/b/copy"));
      try (Stream<Path> tree = Files.walk(directory)) {
        check(tree.count() == 6, "A tree has lost something");
      }
      try (Stream<Path> entries = Files.list(directory)) {
        check(entries.iterator().hasNext(), "A directory is empty");
      }
    }
  }

  // ---- checks

  private static void sh(int status, VirtualMachine machine, String script) {
    expect(status, machine, Command.shell(script));
  }

  private static void expect(int status, VirtualMachine machine, Command command) {
    ExecResult result = machine.exec(command.withTimeout(PATIENCE));
    check(
        result.exitStatus() == status && !result.timedOut(),
        String.format(
            Locale.ROOT,
            "%s: status %d instead of %d%s: %s",
            command,
            result.exitStatus(),
            status,
            result.timedOut() ? ", out of time" : "",
            result.stderrText()));
  }

  private static void check(boolean well, String otherwise) {
    if (!well) {
      throw new IllegalStateException(otherwise);
    }
  }
}
