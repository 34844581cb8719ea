package io.vivarium.kernel.file;

/** Event bits of poll(2). */
public final class PollEvents {
  public static final int POLLIN = 0x001;
  public static final int POLLPRI = 0x002;
  public static final int POLLOUT = 0x004;
  public static final int POLLERR = 0x008;
  public static final int POLLHUP = 0x010;
  public static final int POLLNVAL = 0x020;
  public static final int POLLRDNORM = 0x040;
  public static final int POLLWRNORM = 0x100;
  public static final int POLLRDHUP = 0x2000;

  /** What poll reports although nobody asked. */
  public static final int ALWAYS = POLLERR | POLLHUP | POLLNVAL;

  private PollEvents() {}
}
