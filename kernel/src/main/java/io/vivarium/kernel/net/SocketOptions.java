package io.vivarium.kernel.net;

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
  static final int SO_LINGER = 13;
  static final int SO_REUSEPORT = 15;
  static final int SO_PASSCRED = 16;
  static final int SO_PEERCRED = 17;
  static final int SO_RCVTIMEO = 20;
  static final int SO_SNDTIMEO = 21;
  static final int SO_ACCEPTCONN = 30;
  static final int SO_PROTOCOL = 38;
  static final int SO_DOMAIN = 39;

  /** What SO_SNDBUF and SO_RCVBUF say at first, and the most that can be asked for. */
  static final int BUFFER_BYTES = 212_992;

  /** The least that SO_RCVBUF can be; SO_SNDBUF, twice that. */
  static final int LEAST_BUFFER_BYTES = 2304;

  private static final int INT_BYTES = 4;
  private static final int TIMEVAL_BYTES = 16;
  private static final int MICROS_PER_SECOND = 1_000_000;

  // Guarded by this.
  private final BitSet switches = new BitSet();
  private long receiveTimeout;
  private long sendTimeout;
  private int receiveBuffer = BUFFER_BYTES;
  private int sendBuffer = BUFFER_BYTES;
  private boolean lingers;
  private int lingerSeconds;

  /** How long to wait for something to receive, in nanoseconds; 0 for as long as it takes. */
  synchronized long receiveTimeout() {
    return receiveTimeout;
  }

  /** How long to wait for room to send, in nanoseconds; 0 for as long as it takes. */
  synchronized long sendTimeout() {
    return sendTimeout;
  }

  /** Bytes that may wait to be received, once SO_RCVBUF was set. */
  synchronized int receiveBuffer() {
    return receiveBuffer;
  }

  /** Whether closing throws away what is on its way (SO_LINGER of no seconds). */
  synchronized boolean resetsOnClose() {
    return lingers && lingerSeconds == 0;
  }

  /** Whether one of the options that are on or off is on. */
  synchronized boolean isOn(int name) {
    return switches.get(name);
  }

  /** What an accepted socket has from the one that listens. */
  void inherit(SocketOptions from) {
    byte[] linger = from.get(SO_LINGER);
    byte[] receiving = from.get(SO_RCVTIMEO);
    byte[] sending = from.get(SO_SNDTIMEO);
    synchronized (from) {
      switches.or(from.switches);
      receiveBuffer = from.receiveBuffer;
      sendBuffer = from.sendBuffer;
    }
    set(SO_LINGER, linger);
    set(SO_RCVTIMEO, receiving);
    set(SO_SNDTIMEO, sending);
  }

  synchronized void set(int name, byte[] value) {
    if (value.length < INT_BYTES) {
      throw EINVAL.exception();
    }
    switch (name) {
      case SO_REUSEADDR, SO_BROADCAST, SO_KEEPALIVE, SO_PASSCRED, SO_REUSEPORT ->
          switches.set(name, little(value).getInt(0) != 0);
      case SO_LINGER -> linger(value);
      case SO_RCVTIMEO -> receiveTimeout = nanos(value);
      case SO_SNDTIMEO -> sendTimeout = nanos(value);
      case SO_RCVBUF -> receiveBuffer = buffer(value, LEAST_BUFFER_BYTES);
      case SO_SNDBUF -> sendBuffer = buffer(value, LEAST_BUFFER_BYTES * 2);
      default -> throw ENOPROTOOPT.exception();
    }
  }

  synchronized byte[] get(int name) {
    return switch (name) {
      case SO_REUSEADDR, SO_BROADCAST, SO_KEEPALIVE, SO_PASSCRED, SO_REUSEPORT ->
          number(switches.get(name) ? 1 : 0);
      case SO_SNDBUF -> number(sendBuffer);
      case SO_RCVBUF -> number(receiveBuffer);
      case SO_LINGER -> numbers(lingers ? 1 : 0, lingerSeconds);
      case SO_RCVTIMEO -> timeval(receiveTimeout);
      case SO_SNDTIMEO -> timeval(sendTimeout);
      default -> throw ENOPROTOOPT.exception();
    };
  }

  private void linger(byte[] value) {
    if (value.length < INT_BYTES * 2) {
      throw EINVAL.exception();
    }
    lingers = little(value).getInt(0) != 0;
    lingerSeconds = lingers ? little(value).getInt(INT_BYTES) : lingerSeconds;
  }

  /** Linux doubles what is asked for, within its bounds. */
  private static int buffer(byte[] value, int least) {
    int asked = little(value).getInt(0);
    int bounded = asked < 0 ? BUFFER_BYTES : Math.min(asked, BUFFER_BYTES);
    return Math.max(bounded * 2, least);
  }

  static byte[] number(int value) {
    return numbers(value);
  }

  /** A struct ucred. */
  static byte[] credentials(PeerCredentials who) {
    return numbers(who.pid(), who.uid(), who.gid());
  }

  private static byte[] numbers(int... values) {
    byte[] bytes = new byte[INT_BYTES * values.length];
    for (int i = 0; i < values.length; i++) {
      little(bytes).putInt(i * INT_BYTES, values[i]);
    }
    return bytes;
  }

  /** The number that a value begins with; EINVAL when it is too short. */
  static int intOf(byte[] value) {
    if (value.length < INT_BYTES) {
      throw EINVAL.exception();
    }
    return little(value).getInt(0);
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
