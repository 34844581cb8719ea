package io.vivarium.kernel.net;

/** Flags of send(2) and recv(2) with their Linux values. */
public final class MessageFlags {
  /** Received: look, and leave it there. */
  public static final int MSG_PEEK = 0x2;

  /** Answered: there were descriptions that nobody took. */
  public static final int MSG_CTRUNC = 0x8;

  /** Received: answer the length of the whole message. Answered: it was longer than the buffer. */
  public static final int MSG_TRUNC = 0x20;

  /** Do not wait. */
  public static final int MSG_DONTWAIT = 0x40;

  /** Received from a stream: wait until the buffer is full. */
  public static final int MSG_WAITALL = 0x100;

  /** Sent: no SIGPIPE. */
  public static final int MSG_NOSIGNAL = 0x4000;

  /** Received: descriptors that come with the message close on exec. For who installs them. */
  public static final int MSG_CMSG_CLOEXEC = 0x40000000;

  private MessageFlags() {}
}
