package io.vivarium.kernel.net;

import io.vivarium.kernel.file.ByteRing;
import io.vivarium.kernel.file.FileDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The receive queue of a stream. Descriptions belong to the bytes they were sent with: who receives
 * the first of these gets them, and nothing of what was sent later in the same call.
 */
final class ByteQueue extends ReceiveQueue {
  /** Bytes that one side of a stream socket may have on the way. */
  static final int CAPACITY = 65_536;

  /** Descriptions and the bytes they came with, as positions in the whole stream. */
  private record Passed(long start, long end, List<FileDescription> rights) {}

  private final ByteRing ring = new ByteRing(CAPACITY);
  private final Deque<Passed> passed = new ArrayDeque<>();
  private int limit = CAPACITY;
  // Position of the first byte held.
  private long position;

  @Override
  int size() {
    return ring.size();
  }

  @Override
  int room(int length) {
    return Math.max(0, Math.min(length, limit - ring.size()));
  }

  @Override
  void limit(int bytes) {
    limit = bytes;
    ring.grow(bytes);
  }

  @Override
  int available() {
    return ring.size();
  }

  @Override
  boolean isEmpty() {
    return ring.isEmpty();
  }

  @Override
  void put(
      byte[] buffer, int offset, int length, List<FileDescription> rights, SocketAddress source) {
    long start = position + ring.size();
    ring.put(buffer, offset, length);
    if (!rights.isEmpty()) {
      passed.add(new Passed(start, start + length, rights));
    }
  }

  @Override
  Taken take(byte[] buffer, int offset, int length) {
    Passed reached = reached(length);
    int count = ring.take(buffer, offset, limit(length, reached));
    position = position + count;
    if (ring.isEmpty()) {
      ring.trim();
    }
    if (reached == null) {
      return new Taken(count, count, List.of(), UnixAddress.UNNAMED);
    }
    passed.remove();
    return new Taken(count, count, reached.rights, UnixAddress.UNNAMED);
  }

  @Override
  Taken peek(byte[] buffer, int offset, int length) {
    Passed reached = reached(length);
    int count = ring.peek(buffer, offset, limit(length, reached));
    List<FileDescription> rights = reached == null ? List.of() : retained(reached.rights);
    return new Taken(count, count, rights, UnixAddress.UNNAMED);
  }

  /** The first descriptions that a receive of so many bytes gets to. */
  private @Nullable Passed reached(int length) {
    Passed first = passed.peek();
    return first != null && first.start < position + length ? first : null;
  }

  private int limit(int length, @Nullable Passed reached) {
    return reached == null ? length : (int) Math.min(length, reached.end - position);
  }

  @Override
  List<FileDescription> rights() {
    List<FileDescription> all = new ArrayList<>();
    passed.forEach(some -> all.addAll(some.rights));
    return all;
  }

  @Override
  List<FileDescription> clear() {
    List<FileDescription> all = rights();
    passed.clear();
    position = position + ring.size();
    ring.clear();
    return all;
  }
}
