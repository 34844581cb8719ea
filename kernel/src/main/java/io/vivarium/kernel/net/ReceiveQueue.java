package io.vivarium.kernel.net;

import io.vivarium.kernel.file.FileDescription;
import java.util.List;

/**
 * What was sent to a local socket and not received yet. Guarded by the {@link SocketTable}; holds
 * one reference to each description that is on its way.
 */
abstract sealed class ReceiveQueue permits ByteQueue, PacketQueue {
  /**
   * What one receive took out: bytes, the length of the whole message, descriptions, and who sent
   * it.
   */
  record Taken(int count, int whole, List<FileDescription> rights, SocketAddress source) {}

  /** Bytes held that count against the machine. */
  abstract int size();

  /**
   * Bytes of a message of this length that may be put now; a message is put whole or not at all.
   */
  abstract int room(int length);

  abstract boolean isEmpty();

  /**
   * Puts a message, or bytes of a stream.
   *
   * @param source who sent it; streams do not keep that
   */
  abstract void put(
      byte[] buffer, int offset, int length, List<FileDescription> rights, SocketAddress source);

  /** Changes how many bytes there is room for. */
  abstract void limit(int bytes);

  /** Bytes that one receive could take now: those of a stream, or of the first message. */
  abstract int available();

  /** Takes bytes and what comes with them; only when not empty. */
  abstract Taken take(byte[] buffer, int offset, int length);

  /** As {@link #take}, but leaves all there and answers further references. */
  abstract Taken peek(byte[] buffer, int offset, int length);

  /** All descriptions on their way, in any order. */
  abstract List<FileDescription> rights();

  /** Forgets everything; the caller gets the references that were held. */
  abstract List<FileDescription> clear();

  /** Takes further references to what this queue has references to already. */
  static List<FileDescription> retained(List<FileDescription> rights) {
    rights.forEach(FileDescription::tryRetain);
    return rights;
  }
}
