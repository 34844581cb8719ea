package io.vivarium.kernel.tty;

import io.vivarium.kernel.wait.Task;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Processes as far as terminals know them; remembers the signals that were sent. */
final class TestJobs implements JobControl {
  /** A process: its number, group and session. */
  record Job(int pid, int group, int session) {}

  private final Map<Task, Job> jobs = new ConcurrentHashMap<>();
  private final List<String> signals = new ArrayList<>();
  private final Set<Integer> ignored = new HashSet<>();
  private final Set<Integer> orphaned = new HashSet<>();
  private Runnable onOwnSignal = () -> {};

  void put(Task task, int pid, int group, int session) {
    jobs.put(task, new Job(pid, group, session));
  }

  synchronized void ignore(int signal) {
    ignored.add(signal);
  }

  synchronized void orphan(int group) {
    orphaned.add(group);
  }

  /** What happens to a task that is signalled because it may not use its terminal. */
  synchronized void whenSignalled(Runnable action) {
    onOwnSignal = action;
  }

  /** Signals sent since the last call, such as "INT group 7". */
  synchronized List<String> takeSignals() {
    List<String> taken = List.copyOf(signals);
    signals.clear();
    return taken;
  }

  private synchronized void sent(int signal, String to, int number) {
    String name =
        switch (signal) {
          case 1 -> "HUP";
          case 2 -> "INT";
          case 3 -> "QUIT";
          case 18 -> "CONT";
          case 20 -> "TSTP";
          case 21 -> "TTIN";
          case 22 -> "TTOU";
          case 28 -> "WINCH";
          default -> Integer.toString(signal);
        };
    signals.add(name + " " + to + " " + number);
  }

  @Override
  public int sessionOf(Task task) {
    Job job = jobs.get(task);
    return job == null ? 0 : job.session;
  }

  @Override
  public int processGroupOf(Task task) {
    Job job = jobs.get(task);
    return job == null ? 0 : job.group;
  }

  @Override
  public boolean leadsSession(Task task) {
    Job job = jobs.get(task);
    return job != null && job.pid == job.session;
  }

  @Override
  public int userOf(Task task) {
    return 1000;
  }

  @Override
  public synchronized boolean ignoresOrBlocks(Task task, int signal) {
    return ignored.contains(signal);
  }

  @Override
  public synchronized boolean isOrphaned(int processGroup) {
    return orphaned.contains(processGroup);
  }

  @Override
  public int sessionOfGroup(int processGroup) {
    return jobs.values().stream()
        .filter(job -> job.group == processGroup)
        .mapToInt(Job::session)
        .findAny()
        .orElse(0);
  }

  @Override
  public void signalGroup(int processGroup, int signal) {
    sent(signal, "group", processGroup);
  }

  @Override
  public void signalProcess(int pid, int signal) {
    sent(signal, "process", pid);
  }

  @Override
  public void signalOwnGroup(Task task, int signal) {
    sent(signal, "own group", processGroupOf(task));
    Runnable action;
    synchronized (this) {
      action = onOwnSignal;
    }
    action.run();
  }
}
