package io.vivarium.kernel.file;

import java.util.List;

/**
 * What was sent to a local socket and not received yet. Guarded by the {@link SocketTable}; holds
 * one reference to each description that is on its way.
 */
abstract sealed class ReceiveQueue permits ByteQueue, PacketQueue {
  /** What one receive took out: bytes, the length of the whole message, and descriptions. */
  record Taken(int count, int whole, List<FileDescription> rights) {}

  /** Bytes held that count against the machine. */
  abstract int size();

  /**
   * Bytes of a message of this length that may be put now; a message is put whole or not at all.
   */
  abstract int room(int length);

  abstract boolean isEmpty();

  abstract void put(byte[] buffer, int offset, int length, List<FileDescription> rights);

  /** Takes bytes and what comes with them; only when not empty. */
  abstract Taken take(byte[] buffer, int offset, int length);

  /** As {@link #take}, but leaves all there and answers further references. */
  abstract Taken peek(byte[] buffer, int offset, int length);

  /** All descriptions on their way, in any order. */
  abstract List<FileDescription> rights();

  /** Forgets everything; the caller gets the references that were held. */
  abstract List<FileDescription> clear();

  static List<FileDescription> retained(List<FileDescription> rights) {
    rights.forEach(FileDescription::tryRetain);
    return rights;
  }
}
