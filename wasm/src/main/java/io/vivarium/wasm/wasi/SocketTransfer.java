package io.vivarium.wasm.wasi;

import io.vivarium.kernel.syscall.SocketCalls;
import io.vivarium.wasm.engine.GuestMemory;

/**
 * Moves bytes between the buffers of a call, which {@link GuestContext#vectors} holds, and a
 * socket. Each call is one message, so several buffers always go through one copy.
 */
public final class SocketTransfer {
  private SocketTransfer() {}

  /**
   * Receives one message, or what a stream has.
   *
   * @return bytes received; more than the buffers hold when a datagram was cut
   */
  public static int receive(
      GuestContext guest, GuestMemory memory, int fd, boolean peek, boolean waitAll) {
    SocketCalls calls = guest.calls().sockets();
    IoVectors vectors = guest.vectors();
    int flags =
        SocketCalls.MSG_TRUNC
            | (peek ? SocketCalls.MSG_PEEK : 0)
            | (waitAll ? SocketCalls.MSG_WAITALL : 0);
    if (vectors.count() == 1) {
      int at = memory.offset(vectors.address(0), vectors.length(0));
      return calls.recv(fd, memory.array(), at, vectors.length(0), flags);
    }
    int length = Math.min(vectors.total(), Transfer.WHOLE);
    byte[] buffer = guest.buffer(length);
    int received = calls.recv(fd, buffer, 0, length, flags);
    vectors.scatter(memory, buffer, Math.min(received, length));
    return received;
  }

  /** Sends the buffers as one message. */
  public static int send(GuestContext guest, GuestMemory memory, int fd) {
    SocketCalls calls = guest.calls().sockets();
    IoVectors vectors = guest.vectors();
    if (vectors.count() == 1) {
      int at = memory.offset(vectors.address(0), vectors.length(0));
      return calls.send(fd, memory.array(), at, vectors.length(0), 0);
    }
    int length = Math.min(vectors.total(), Transfer.WHOLE);
    byte[] buffer = guest.buffer(length);
    vectors.gather(memory, buffer, length);
    return calls.send(fd, buffer, 0, length, 0);
  }
}
