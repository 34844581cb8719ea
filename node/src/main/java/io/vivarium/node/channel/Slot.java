package io.vivarium.node.channel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The part of a {@link Region} that belongs to one Node runtime: whose turn it is, a header with
 * numbers, and room for bytes. One thread on each side uses it, in turns.
 *
 * <pre>
 *    0  turn          int     one of the constants below
 *    4  host sleeps   int     the host waits in futex(2) on the turn
 *   64  guest sleeps  int     the guest does
 *   68  events        int     the host has something to tell; the guest asks with NEXT_EVENT
 *   72  doomed        int     the guest is to end
 *  128  call          double  number of the {@link Call}
 *  136  arguments     8 doubles
 *  256  result        double  what the call answers; below 0 an errno
 *  264  numbers       32 doubles
 *  520  big numbers   32 longs
 * 4096  bytes
 * </pre>
 */
public final class Slot {
  /** The runtime is not there yet, or not any more. */
  public static final int EMPTY = 0;

  /** A runtime waits for a program. */
  public static final int READY = 1;

  /** The host has said what to run. */
  public static final int START = 2;

  /** The guest makes a system call. */
  public static final int REQUEST = 3;

  /** The host has answered. */
  public static final int ANSWER = 4;

  /** The runtime has gone; nothing comes from it any more. */
  public static final int ENDED = 5;

  /** Where bytes begin. */
  public static final int HEADER_BYTES = 4096;

  /** How many bytes fit. */
  public static final int DATA_BYTES = 1 << 20;

  /** Size of a slot. */
  public static final int BYTES = HEADER_BYTES + DATA_BYTES;

  /** How many arguments a call has at most. */
  public static final int ARGUMENTS = 8;

  /** How many numbers an answer has at most. */
  public static final int NUMBERS = 32;

  static final int HOST_SLEEPS = 4;
  static final int GUEST_SLEEPS = 64;
  private static final int EVENTS = 68;
  private static final int DOOMED = 72;
  private static final int CALL = 128;
  private static final int ARGUMENT = 136;
  private static final int RESULT = 256;
  private static final int NUMBER = 264;
  private static final int BIG_NUMBER = 520;

  private static final VarHandle INT = ValueLayout.JAVA_INT.varHandle();

  /** Rounds of spinning before a side sleeps; more than a quick call of the other side takes. */
  private static final int SPINS = 2000;

  private static final long NAP = TimeUnit.SECONDS.toNanos(1);

  private final int index;
  private final MemorySegment memory;
  private final MemorySegment word;

  Slot(int index, MemorySegment memory) {
    this.index = index;
    this.memory = memory;
    this.word = memory.asSlice(0, Integer.BYTES);
  }

  /** Which slot of its region. */
  public int index() {
    return index;
  }

  /** Everything, for the guest's runtime. */
  public MemorySegment memory() {
    return memory;
  }

  /** The bytes. */
  public MemorySegment data() {
    return memory.asSlice(HEADER_BYTES, DATA_BYTES);
  }

  /** Whose turn it is. */
  public int turn() {
    return (int) INT.getAcquire(memory, 0L);
  }

  /** Passes the turn on from the host to the guest. */
  public void passToGuest(int turn) {
    pass(turn, GUEST_SLEEPS);
  }

  /** Passes the turn on from the guest to the host. */
  public void passToHost(int turn) {
    pass(turn, HOST_SLEEPS);
  }

  private void pass(int turn, long sleeper) {
    INT.setVolatile(memory, 0L, turn);
    if ((int) INT.getVolatile(memory, sleeper) != 0) {
      Futex.wake(word);
    }
  }

  /** Makes both sides look again. */
  public void ring() {
    Futex.wake(word);
  }

  /**
   * The guest waits while it is the turn of the host.
   *
   * @param turn what it passed on
   */
  public int awaitHost(int turn) {
    return await(turn, GUEST_SLEEPS, () -> false);
  }

  /**
   * The host waits while it is the turn of the guest.
   *
   * @param turn what it passed on
   * @param stop asked after every wake-up; {@link #ring} makes it be asked
   * @return whose turn it is then
   */
  public int awaitGuest(int turn, BooleanSupplier stop) {
    return await(turn, HOST_SLEEPS, stop);
  }

  private int await(int turn, long sleeper, BooleanSupplier stop) {
    for (int i = 0; i < SPINS; i++) {
      int now = turn();
      if (now != turn) {
        return now;
      }
      Thread.onSpinWait();
    }
    INT.setVolatile(memory, sleeper, 1);
    try {
      while (true) {
        int now = (int) INT.getVolatile(memory, 0L);
        if (now != turn || stop.getAsBoolean()) {
          return now;
        }
        Futex.await(word, turn, NAP);
      }
    } finally {
      INT.setVolatile(memory, sleeper, 0);
    }
  }

  // ---- header

  /** The number of the call. */
  public int call() {
    return (int) memory.get(ValueLayout.JAVA_DOUBLE, CALL);
  }

  /** Says which call it is. */
  public void setCall(int number) {
    memory.set(ValueLayout.JAVA_DOUBLE, CALL, number);
  }

  /** An argument, from 0; what is no number is 0, what is too large the largest long. */
  public long argument(int at) {
    return (long) memory.get(ValueLayout.JAVA_DOUBLE, ARGUMENT + 8L * at);
  }

  /** An argument with its fraction. */
  public double fraction(int at) {
    return memory.get(ValueLayout.JAVA_DOUBLE, ARGUMENT + 8L * at);
  }

  /** Sets an argument. */
  public void setArgument(int at, double value) {
    memory.set(ValueLayout.JAVA_DOUBLE, ARGUMENT + 8L * at, value);
  }

  /** What the call answered. */
  public long result() {
    return (long) memory.get(ValueLayout.JAVA_DOUBLE, RESULT);
  }

  /** Answers. */
  public void setResult(long value) {
    memory.set(ValueLayout.JAVA_DOUBLE, RESULT, (double) value);
  }

  /** Sets a number of the answer, from 0, as a double and as a long. */
  public void setNumber(int at, long value) {
    memory.set(ValueLayout.JAVA_DOUBLE, NUMBER + 8L * at, (double) value);
    memory.set(ValueLayout.JAVA_LONG, BIG_NUMBER + 8L * at, value);
  }

  /** Whether the guest has been told that there is news. */
  public boolean hasEvents() {
    return (int) INT.getVolatile(memory, (long) EVENTS) != 0;
  }

  /**
   * Says whether there is news.
   *
   * @return what was said before
   */
  public boolean setEvents(boolean present) {
    return (int) INT.getAndSet(memory, (long) EVENTS, present ? 1 : 0) != 0;
  }

  /** Whether the guest is to end. */
  public boolean isDoomed() {
    return (int) INT.getVolatile(memory, (long) DOOMED) != 0;
  }

  /** Says whether the guest is to end. */
  public void setDoomed(boolean doomed) {
    INT.setVolatile(memory, (long) DOOMED, doomed ? 1 : 0);
  }
}
