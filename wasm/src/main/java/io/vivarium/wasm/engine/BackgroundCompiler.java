package io.vivarium.wasm.engine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compiles modules while they are interpreted: one thread of the lowest priority, which goes away
 * when there is nothing to do. Everybody on whose behalf modules are compiled has a short queue of
 * their own, and the queues take turns, so who makes the compiler work a lot delays nobody else by
 * more than one module. What does not fit in a queue is not compiled; the next load asks again.
 */
@SuppressWarnings("ThreadPriorityCheck") // a hint is all that is wanted
final class BackgroundCompiler {
  /** Most modules that wait on behalf of one. */
  private static final int MOST_WAITING = 32;

  /** Most that have modules waiting. */
  private static final int MOST_QUEUES = 256;

  private static final long LINGER_MILLIS = 5_000;

  // Guarded by this. The first queue is the next one.
  private final Map<CompileAllowance, Deque<LoadedModule>> queues = new LinkedHashMap<>();
  private @Nullable Thread thread;
  private boolean closed;

  private record Task(CompileAllowance allowance, LoadedModule module) {}

  /** Compiles soon. */
  synchronized void submit(LoadedModule module, CompileAllowance allowance) {
    Deque<LoadedModule> queue = queues.get(allowance);
    if (queue == null && queues.size() < MOST_QUEUES) {
      queue = new ArrayDeque<>();
      queues.put(allowance, queue);
    }
    if (closed || queue == null || queue.size() >= MOST_WAITING || queue.contains(module)) {
      return;
    }
    queue.add(module);
    if (thread == null) {
      thread =
          Thread.ofPlatform()
              .name("vivarium-compiler")
              .daemon()
              .priority(Thread.MIN_PRIORITY)
              .start(this::work);
    } else {
      notifyAll();
    }
  }

  private void work() {
    while (true) {
      Task task = next();
      if (task == null) {
        return;
      }
      try {
        task.module().compile(task.allowance());
      } catch (RuntimeException | Error e) {
        EngineLog.failure(e, "compiling {} failed", task.module().digest());
      }
    }
  }

  /** What to do next; null when the thread is to end. */
  private synchronized @Nullable Task next() {
    long deadline = System.nanoTime() + LINGER_MILLIS * 1_000_000;
    while (queues.isEmpty() && !closed) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        break;
      }
      try {
        wait(left);
      } catch (InterruptedException e) {
        break;
      }
    }
    if (queues.isEmpty() || closed) {
      thread = null;
      return null;
    }
    Iterator<Map.Entry<CompileAllowance, Deque<LoadedModule>>> first = queues.entrySet().iterator();
    Map.Entry<CompileAllowance, Deque<LoadedModule>> entry = first.next();
    Task task = new Task(entry.getKey(), entry.getValue().remove());
    Deque<LoadedModule> rest = entry.getValue();
    first.remove();
    if (!rest.isEmpty()) {
      queues.put(task.allowance(), rest);
    }
    return task;
  }

  /** Finishes at most the compilation that is running. */
  synchronized void close() {
    closed = true;
    queues.clear();
    if (thread != null) {
      thread.interrupt();
    }
  }
}
