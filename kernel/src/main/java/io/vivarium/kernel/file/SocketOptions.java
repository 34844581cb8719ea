package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EDOM;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENOPROTOOPT;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;

/** The options that every socket has (socket(7), level SOL_SOCKET). Thread-safe. */
final class SocketOptions {
  static final int SOL_SOCKET = 1;
  static final int SO_REUSEADDR = 2;
  static final int SO_TYPE = 3;
  static final int SO_ERROR = 4;
  static final int SO_BROADCAST = 6;
  static final int SO_SNDBUF = 7;
  static final int SO_RCVBUF = 8;
  static final int SO_KEEPALIVE = 9;
  static final int SO_PASSCRED = 16;
  static final int SO_RCVTIMEO = 20;
  static final int SO_SNDTIMEO = 21;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_PROTOCOL = 38;
  static final int SO_DOMAIN = 39;

  /** What SO_SNDBUF and SO_RCVBUF say; setting them changes nothing. */
  static final int BUFFER_BYTES = 212_992;

  private static final int INT_BYTES = 4;
  private static final int TIMEVAL_BYTES = 16;
  private static final int MICROS_PER_SECOND = 1_000_000;

  // Guarded by this.
  private final BitSet switches = new BitSet();
  private long receiveTimeout;
  private long sendTimeout;

  /** How long to wait for something to receive, in nanoseconds; 0 for as long as it takes. */
  synchronized long receiveTimeout() {
    return receiveTimeout;
  }

  /** How long to wait for room to send, in nanoseconds; 0 for as long as it takes. */
  synchronized long sendTimeout() {
    return sendTimeout;
  }

  synchronized void set(int name, byte[] value) {
    if (value.length < INT_BYTES) {
      throw EINVAL.exception();
    }
    switch (name) {
      case SO_REUSEADDR, SO_BROADCAST, SO_KEEPALIVE, SO_PASSCRED ->
          switches.set(name, little(value).getInt(0) != 0);
      case SO_RCVTIMEO -> receiveTimeout = nanos(value);
      case SO_SNDTIMEO -> sendTimeout = nanos(value);
      case SO_SNDBUF, SO_RCVBUF -> {}
      default -> throw ENOPROTOOPT.exception();
    }
  }

  synchronized byte[] get(int name) {
    return switch (name) {
      case SO_REUSEADDR, SO_BROADCAST, SO_KEEPALIVE, SO_PASSCRED ->
          number(switches.get(name) ? 1 : 0);
      case SO_SNDBUF, SO_RCVBUF -> number(BUFFER_BYTES);
      case SO_RCVTIMEO -> timeval(receiveTimeout);
      case SO_SNDTIMEO -> timeval(sendTimeout);
      default -> throw ENOPROTOOPT.exception();
    };
  }

  static byte[] number(int value) {
    byte[] bytes = new byte[INT_BYTES];
    little(bytes).putInt(0, value);
    return bytes;
  }

  private static byte[] timeval(long nanos) {
    byte[] bytes = new byte[TIMEVAL_BYTES];
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos);
    little(bytes)
        .putLong(0, micros / MICROS_PER_SECOND)
        .putLong(INT_BYTES * 2, micros % MICROS_PER_SECOND);
    return bytes;
  }

  private static long nanos(byte[] timeval) {
    if (timeval.length < TIMEVAL_BYTES) {
      throw EINVAL.exception();
    }
    long seconds = little(timeval).getLong(0);
    long micros = little(timeval).getLong(INT_BYTES * 2);
    if (micros < 0 || micros >= MICROS_PER_SECOND) {
      throw EDOM.exception();
    }
    // Centuries are for ever; a time that is over is the shortest there is.
    if (seconds < 0) {
      return 1;
    }
    long most = TimeUnit.DAYS.toSeconds(36_500);
    return seconds > most
        ? 0
        : TimeUnit.SECONDS.toNanos(seconds) + TimeUnit.MICROSECONDS.toNanos(micros);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
