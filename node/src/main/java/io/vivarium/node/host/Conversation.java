package io.vivarium.node.host;

import io.vivarium.kernel.errno.Errno;
import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.process.ProcessTermination;
import io.vivarium.kernel.process.Signal;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.node.channel.Call;
import io.vivarium.node.channel.Slot;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers the system calls of one guest, on the thread of its process, until it exits. While the
 * guest computes, this thread sleeps; signals wake it. A guest that breaks the rules of the
 * channel, or whose worker has gone, is ended as by SIGKILL.
 */
final class Conversation {
  /** What a signal with a handler ends early; everything else is made again (SA_RESTART). */
  private static final Set<Call> TIMED = Set.of(Call.POLL, Call.SLEEP);

  private static final int STATUS_BITS = 0xff;

  private final Process process;
  private final Slot slot;
  private final Request request;
  private final Events events;
  private final GuestCalls handlers;
  private final BooleanSupplier gone;
  private volatile boolean signalled;

  /**
   * A conversation.
   *
   * @param slot the guest has been started and has the turn
   * @param bell wakes the event loop of the guest; rung by any thread, with locks held
   * @param gone whether nothing can come from the guest any more
   */
  Conversation(Process process, SystemCalls calls, Slot slot, Runnable bell, BooleanSupplier gone) {
    this.process = process;
    this.slot = slot;
    this.request = new Request(slot);
    this.gone = gone;
    this.events =
        new Events(
            process,
            () -> {
              if (!slot.setEvents(true)) {
                bell.run();
              }
            });
    this.handlers = new GuestCalls(calls, events);
  }

  /**
   * Answers until the guest exits.
   *
   * @param turn whose turn it is as the host left it
   * @return the exit status
   * @throws io.vivarium.kernel.process.ControlFlow when the process ends otherwise
   */
  int run(int turn) {
    process.setBell(() -> {
      signalled = true;
      slot.ring();
    });
    process.signals().setTrampoline(events::caught);
    try {
      process.leaveKernel();
      return answerAll(turn);
    } finally {
      process.setBell(null);
      process.signals().setTrampoline(null);
      events.close();
      handlers.end();
    }
  }

  private int answerAll(int start) {
    int passed = start;
    while (true) {
      int turn = slot.awaitGuest(passed, () -> signalled || gone.getAsBoolean());
      process.enterKernel();
      if (turn == Slot.REQUEST) {
        Call call = Call.of(slot.call());
        if (call == Call.EXIT) {
          return (int) slot.argument(0) & STATUS_BITS;
        }
        slot.setResult(answer(call));
        passed = Slot.ANSWER;
        process.leaveKernel();
        slot.passToGuest(passed);
      } else if (turn != passed || gone.getAsBoolean()) {
        throw ProcessTermination.signal(Signal.SIGKILL);
      } else {
        signalled = false;
        process.leaveKernel();
      }
    }
  }

  private long answer(@Nullable Call call) {
    if (call == Call.NEXT_EVENTS) {
      // Before looking: what comes later rings again.
      slot.setEvents(false);
    }
    while (true) {
      long result = handlers.answer(call, request);
      if (result != -Errno.EINTR.number() || (call != null && TIMED.contains(call))) {
        return result;
      }
      process.leaveKernel();
      process.enterKernel();
    }
  }
}
