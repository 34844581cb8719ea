package io.vivarium;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTable;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.process.WaitStatus;
import io.vivarium.kernel.wait.HostTask;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * A command that runs in a machine. Thread-safe. Its streams are pipes, or a terminal: reading blocks
 * until the guest writes or ends, writing while the guest does not read.
 */
public final class GuestProcess implements AutoCloseable {
  private final ProcessTable table;
  private final Process process;
  private final OutputStream stdin;
  private final InputStream stdout;
  private final InputStream stderr;
  private final Consumer<TerminalSize> resize;

  GuestProcess(
      ProcessTable table,
      Process process,
      OutputStream stdin,
      InputStream stdout,
      InputStream stderr,
      Consumer<TerminalSize> resize) {
    this.table = table;
    this.process = process;
    this.stdin = stdin;
    this.stdout = stdout;
    this.stderr = stderr;
    this.resize = resize;
  }

  /** Its pid in the machine. */
  public int pid() {
    return process.pid();
  }

  /** What the command reads as standard input; close it to let the command see its end. */
  public OutputStream stdin() {
    return stdin;
  }

  /** What the command writes to standard output; on a terminal, all that is written there. */
  public InputStream stdout() {
    return stdout;
  }

  /** What the command writes to standard error; empty on a terminal. */
  public InputStream stderr() {
    return stderr;
  }

  /** Whether it has not ended yet. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for its end.
   *
   * @return exit status, 0 to 255; 128 + n when signal n ended it
   * @throws InterruptedException when the calling thread is interrupted; the command goes on
   */
  public int waitFor() throws InterruptedException {
    await(Long.MAX_VALUE);
    return WaitStatus.shellStatus(process.status());
  }

  /**
   * Waits for its end, but no longer than a time.
   *
   * @return the exit status, or empty when it still runs
   * @throws InterruptedException when the calling thread is interrupted; the command goes on
   */
  public OptionalInt waitFor(Duration limit) throws InterruptedException {
    return await(System.nanoTime() + limit.toNanos())
        ? OptionalInt.of(WaitStatus.shellStatus(process.status()))
        : OptionalInt.empty();
  }

  /**
   * Sends a signal to its process group.
   *
   * @param number 1 to 64, Linux numbers
   */
  public void signal(int number) {
    if (!Signal.isValid(number)) {
      throw new IllegalArgumentException("A signal has a number from 1 to 64, not " + number);
    }
    table.signal(process.group(), number);
  }

  /** Kills it and every process of its session. */
  public void kill() {
    Sessions.kill(table, process.session());
  }

  /** Changes the size of its terminal; does nothing without one. */
  public void resize(TerminalSize size) {
    resize.accept(size);
  }

  /** Kills what still runs of it, and closes the streams. */
  @Override
  public void close() {
    kill();
    closeQuietly(stdin);
    closeQuietly(stdout);
    closeQuietly(stderr);
  }

  private boolean await(long deadline) throws InterruptedException {
    try {
      return process.awaitEnd(HostTask.current(), deadline);
    } catch (ErrnoException e) {
      Thread.interrupted();
      throw new InterruptedException("Interrupted while waiting for process " + pid());
    }
  }

  private static void closeQuietly(java.io.Closeable stream) {
    try {
      stream.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
