package io.vivarium.wasm.engine;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Compiles modules while they are interpreted: one thread of the lowest priority, which goes away
 * when there is nothing to do, and a short queue. What does not fit in the queue is not compiled;
 * the next load asks again.
 */
@SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
final class BackgroundCompiler {
  /** How many modules may wait for their compilation. */
  private static final int QUEUE = 64;

  private final ThreadPoolExecutor thread =
      new ThreadPoolExecutor(
          1,
          1,
          5,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(QUEUE),
          task ->
              Thread.ofPlatform()
                  .name("vivarium-compiler")
                  .daemon()
                  .priority(Thread.MIN_PRIORITY)
                  .unstarted(task),
          new ThreadPoolExecutor.DiscardPolicy());

  BackgroundCompiler() {
    thread.allowCoreThreadTimeOut(true);
  }

  /** Compiles soon. */
  void submit(GuestModule module) {
    thread.execute(module::compile);
  }

  /** Finishes at most the compilation that is running. */
  void close() {
    thread.shutdownNow();
  }
}
