package io.vivarium.kernel.net;

import io.vivarium.kernel.file.FileDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** The receive queue of a socket whose messages keep their boundaries. */
final class PacketQueue extends ReceiveQueue {
  /** The longest message. */
  static final int LONGEST = SocketOptions.BUFFER_BYTES - 32;

  /** What a message counts besides its bytes, so that empty ones do not fill the host. */
  private static final int OVERHEAD = 256;

  private static final class Packet {
    final byte[] bytes;
    final List<FileDescription> rights;
    final SocketAddress source;

    Packet(byte[] bytes, List<FileDescription> rights, SocketAddress source) {
      this.source = source;
      this.bytes = bytes;
      this.rights = rights;
    }
  }

  private final Deque<Packet> packets = new ArrayDeque<>();
  private int size;
  private int limit = SocketOptions.BUFFER_BYTES;

  @Override
  int size() {
    return size;
  }

  @Override
  int room(int length) {
    boolean fits = isEmpty() || size + length + OVERHEAD <= limit;
    return fits ? length : -1;
  }

  @Override
  void limit(int bytes) {
    limit = bytes;
  }

  @Override
  int available() {
    Packet first = packets.peek();
    return first == null ? 0 : first.bytes.length;
  }

  @Override
  boolean isEmpty() {
    return packets.isEmpty();
  }

  @Override
  void put(
      byte[] buffer, int offset, int length, List<FileDescription> rights, SocketAddress source) {
    packets.add(new Packet(Arrays.copyOfRange(buffer, offset, offset + length), rights, source));
    size = size + length + OVERHEAD;
  }

  @Override
  Taken take(byte[] buffer, int offset, int length) {
    Packet packet = packets.remove();
    size = size - packet.bytes.length - OVERHEAD;
    int count = copy(packet, buffer, offset, length);
    return new Taken(count, packet.bytes.length, packet.rights, packet.source);
  }

  @Override
  Taken peek(byte[] buffer, int offset, int length) {
    Packet packet = packets.element();
    int count = copy(packet, buffer, offset, length);
    return new Taken(count, packet.bytes.length, retained(packet.rights), packet.source);
  }

  private static int copy(Packet packet, byte[] buffer, int offset, int length) {
    int count = Math.min(length, packet.bytes.length);
    System.arraycopy(packet.bytes, 0, buffer, offset, count);
    return count;
  }

  @Override
  List<FileDescription> rights() {
    List<FileDescription> all = new ArrayList<>();
    packets.forEach(packet -> all.addAll(packet.rights));
    return all;
  }

  @Override
  List<FileDescription> clear() {
    List<FileDescription> all = rights();
    packets.clear();
    size = 0;
    return all;
  }
}
