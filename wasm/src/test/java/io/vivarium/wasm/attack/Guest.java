package io.vivarium.wasm.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.file.FileDescription;
import io.vivarium.kernel.file.PipeEnds;
import io.vivarium.kernel.process.Launch;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.SpawnRequest;
import io.vivarium.kernel.user.Credentials;
import io.vivarium.kernel.wait.HostTask;
import io.vivarium.wasm.testing.TestMachine;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An {@link Agent} that runs as a process of a machine, and the test that tells it what to do.
 * Between two calls it waits for its standard input, so a test can look at the machine meanwhile.
 */
final class Guest implements AutoCloseable {
  /** Where machines for attacks have the agent. */
  static final String PATH = "/usr/bin/agent";

  private final Process process;
  private final FileDescription commands;
  private final FileDescription answers;
  private int calls;

  private Guest(Process process, FileDescription commands, FileDescription answers) {
    this.process = process;
    this.commands = commands;
    this.answers = answers;
  }

  /** Puts the agent where {@link #start} expects it. */
  static void install(TestMachine machine) {
    machine.install(PATH, Agent.MODULE, false);
  }

  /** Starts one as the user of the machine. */
  static Guest start(TestMachine machine) {
    return start(machine, TestMachine.USER);
  }

  /** Starts one. */
  static Guest start(TestMachine machine, Credentials credentials) {
    PipeEnds in = machine.kernel().pipes().create(0, 1000, 1000);
    PipeEnds out = machine.kernel().pipes().create(0, 1000, 1000);
    TreeMap<Integer, FileDescription> fds = new TreeMap<>();
    fds.put(0, in.reader());
    fds.put(1, out.writer());
    SpawnRequest request =
        SpawnRequest.program(PATH, List.of("agent"))
            .environment(List.of("PATH=/bin", "PWD=/"))
            .build();
    Process process =
        machine
            .kernel()
            .processes()
            .launch(
                new Launch(
                    request,
                    credentials,
                    machine.kernel().vfs().mounts().root(),
                    022,
                    fds,
                    starting -> {}));
    return new Guest(process, in.writer(), out.reader());
  }

  /** The process. */
  Process process() {
    return process;
  }

  // ---- commands -------------------------------------------------------------------------------

  /** Makes one call; answers what it does. */
  long call(Call call) {
    run(1, call);
    return answer(0);
  }

  /** Makes one call that answers an errno. */
  int errno(String function, Object... arguments) {
    return (int) call(Call.of(function, arguments));
  }

  /** Makes a call that has to succeed. */
  void succeed(Call call) {
    assertThat(call(call)).as("%s", call).isZero();
  }

  /** Opens a file for reading and writing; answers its descriptor. */
  int open(String path, int oflags) {
    succeed(Call.open(path, oflags, 0, 0));
    return value(0);
  }

  /** Makes calls one after the other, so many times, and waits until that is done. */
  void run(int times, Call... row) {
    begin(times, row);
    finish();
  }

  /** Begins to make calls one after the other, so many times. */
  void begin(int times, Call... row) {
    assertThat(row.length).isBetween(1, Agent.MOST_CALLS);
    GuestData data = new GuestData();
    ByteBuffer records =
        ByteBuffer.allocate(row.length * Agent.RECORD).order(ByteOrder.LITTLE_ENDIAN);
    for (Call call : row) {
      call.encode(records, data);
    }
    byte[] passed = data.toByteArray();
    assertThat(Agent.DATA + passed.length).isLessThan(Agent.END);
    put(Agent.CALLS, records.array());
    put(Agent.DATA, passed);
    put(Agent.COUNTS, new byte[row.length * 1024]);
    command(Agent.RUN, row.length, times);
    calls = row.length;
  }

  /** Waits until what was begun is done. */
  void finish() {
    show(0, 1);
  }

  /** Ends it, and waits for that. */
  int exit(int status) {
    command(Agent.EXIT, status, 0);
    return process.awaitEnd();
  }

  // ---- what came of it ------------------------------------------------------------------------

  /** What the n-th call answered last. */
  long answer(int call) {
    assertThat(call).isLessThan(calls);
    return word(show(Agent.ANSWERS + 8 * call, 8)).getLong();
  }

  /** How often the n-th call answered what; only answers that came. */
  Map<Integer, Integer> counts(int call) {
    assertThat(call).isLessThan(calls);
    ByteBuffer words = word(show(Agent.COUNTS + 1024 * call, 1024));
    Map<Integer, Integer> counts = new TreeMap<>();
    for (int answer = 0; answer < 256; answer++) {
      int count = words.getInt();
      if (count != 0) {
        counts.put(answer, count);
      }
    }
    return counts;
  }

  /** The word of a cell. */
  int value(int cell) {
    return word(show(new Call.Cell(cell).address(), 4)).getInt();
  }

  /** The bytes of cells. */
  byte[] bytes(int cell, int length) {
    return show(new Call.Cell(cell).address(), length);
  }

  private static ByteBuffer word(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  // ---- the pipes ------------------------------------------------------------------------------

  private void command(int what, int a, int b) {
    send(Call.words(what, a, b, 0));
  }

  /** Puts bytes into its memory. */
  void put(int address, byte[] bytes) {
    if (bytes.length > 0) {
      command(Agent.PUT, address, bytes.length);
      send(bytes);
    }
  }

  private byte[] show(int address, int length) {
    command(Agent.SHOW, address, length);
    byte[] bytes = new byte[length];
    int read = 0;
    while (read < length) {
      int count = answers.read(HostTask.current(), bytes, read, length - read);
      if (count == 0) {
        throw new AssertionError("the guest ended: " + process.awaitEnd());
      }
      read += count;
    }
    return bytes;
  }

  private void send(byte[] bytes) {
    int sent = 0;
    while (sent < bytes.length) {
      byte[] rest = Arrays.copyOfRange(bytes, sent, bytes.length);
      sent += commands.write(HostTask.current(), rest, 0, rest.length);
    }
  }

  /** Ends it. */
  @Override
  public void close() {
    commands.release();
    answers.release();
  }
}
