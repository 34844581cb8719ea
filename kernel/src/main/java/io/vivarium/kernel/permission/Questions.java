package io.vivarium.kernel.permission;

import io.vivarium.kernel.permission.PermissionPrompt.Answer;
import io.vivarium.kernel.wait.Task;
import io.vivarium.kernel.wait.WaitQueue;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the host, and remembers what it wants remembered. Thread-safe. */
final class Questions {
  private static final Logger LOG = LoggerFactory.getLogger(Questions.class);
  private static final AtomicBoolean COMPLAINED = new AtomicBoolean();

  /** How many questions a host may leave unanswered before it is asked no more. */
  private static final int MOST_UNANSWERED = 64;

  private final AtomicInteger unanswered = new AtomicInteger();
  private final @Nullable PermissionPrompt prompt;
  private final Duration deadline;
  private final Map<Key, Answer> remembered = new ConcurrentHashMap<>();

  /** What an answer is remembered for. */
  private record Key(Domain domain, String operation, int rule) {}

  /**
   * What came of asking.
   *
   * @param allowed the answer
   * @param how in words
   */
  record Outcome(boolean allowed, String how) {}

  /** A question on its way. */
  private static final class Question {
    private final WaitQueue answered = new WaitQueue();
    private volatile @Nullable Answer answer;
    private volatile boolean over;
  }

  Questions(@Nullable PermissionPrompt prompt, Duration deadline) {
    this.prompt = prompt;
    this.deadline = deadline;
  }

  /**
   * Asks and waits.
   *
   * @param task who waits
   * @throws io.vivarium.kernel.errno.ErrnoException EINTR when a signal comes first
   */
  Outcome ask(Task task, int pid, Domain domain, String operation, String object, int rule) {
    PermissionPrompt host = prompt;
    if (host == null) {
      return new Outcome(false, "there is nobody to ask");
    }
    Key key = new Key(domain, operation, rule);
    Answer known = remembered.get(key);
    if (known != null) {
      return new Outcome(known == Answer.ALWAYS_ALLOW, "as answered before");
    }
    if (unanswered.incrementAndGet() > MOST_UNANSWERED) {
      unanswered.decrementAndGet();
      return new Outcome(false, "too many questions have no answer yet");
    }
    Question question = new Question();
    Thread asking =
        Thread.ofVirtual()
            .name("vivarium-permission")
            .start(() -> answer(host, question, pid, domain, operation, object));
    boolean inTime;
    try {
      long end = System.nanoTime() + deadline.toNanos();
      inTime = task.await(() -> question.over, end, question.answered);
    } finally {
      asking.interrupt();
    }
    Answer answer = question.answer;
    if (!inTime || answer == null) {
      return new Outcome(false, inTime ? "asking failed" : "no answer in time");
    }
    if (answer == Answer.ALWAYS_ALLOW || answer == Answer.ALWAYS_DENY) {
      remembered.put(key, answer);
    }
    boolean allowed = answer == Answer.ALLOW || answer == Answer.ALWAYS_ALLOW;
    return new Outcome(allowed, allowed ? "the host allowed it" : "the host denied it");
  }

  private void answer(
      PermissionPrompt host,
      Question question,
      int pid,
      Domain domain,
      String operation,
      String object) {
    try {
      question.answer = host.ask(pid, domain, operation, object);
    } catch (RuntimeException e) {
      if (COMPLAINED.compareAndSet(false, true)) {
        LOG.warn("Asking for a permission failed; further failures are not logged", e);
      }
    } finally {
      unanswered.decrementAndGet();
      question.over = true;
      question.answered.wakeAll();
    }
  }
}
