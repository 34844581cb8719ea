package io.vivarium.kernel.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections of a listening socket that nobody has accepted yet (listen(2)), each with the one
 * reference there is to it. Guarded by the {@link SocketTable}.
 */
final class Backlog<S> {
  /** The most that listen(2) can ask for (net.core.somaxconn). */
  static final int SOMAXCONN = 4096;

  private final Deque<S> waiting = new ArrayDeque<>();
  private int maximum;

  /** A backlog as listen(2) asks for it; a negative one is the largest there is. */
  Backlog(int maximum) {
    resize(maximum);
  }

  /** What listen(2) changes when a socket listens already. */
  void resize(int larger) {
    maximum = larger < 0 ? SOMAXCONN : Math.min(larger, SOMAXCONN);
  }

  /** Whether no more may join; like Linux it takes one more than was asked for. */
  boolean isFull() {
    return waiting.size() > maximum;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  void add(S socket) {
    waiting.add(socket);
  }

  @Nullable S poll() {
    return waiting.poll();
  }

  /** Those who wait, in order. */
  List<S> all() {
    return new ArrayList<>(waiting);
  }
}
