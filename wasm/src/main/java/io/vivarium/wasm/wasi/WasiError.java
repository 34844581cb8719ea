package io.vivarium.wasm.wasi;

/**
 * A call fails with a number that only the guest ABI has. Everything else is a kernel {@link
 * io.vivarium.kernel.errno.ErrnoException}.
 */
@SuppressWarnings("StaticAssignmentOfThrowable") // without stack trace one is like another
public final class WasiError extends RuntimeException {
  /** The descriptor lacks a right, or the path leaves the directory it was granted for. */
  public static final WasiError NOTCAPABLE =
      new WasiError(WasiErrno.NOTCAPABLE, "ENOTCAPABLE", "Capabilities insufficient");

  /** A call that signals interrupt was, and must not be made again, whatever SA_RESTART says. */
  public static final WasiError INTR =
      new WasiError(WasiErrno.INTR, "EINTR", "Interrupted system call");

  private final int number;
  private final String errorName;
  private final String description;

  private WasiError(int number, String errorName, String description) {
    super("wasi errno " + number, null, false, false);
    this.number = number;
    this.errorName = errorName;
    this.description = description;
  }

  /** What the guest gets. */
  public int number() {
    return number;
  }

  /** Its symbolic name. */
  String errorName() {
    return errorName;
  }

  /** What it means, as strerror(3) would say it. */
  String description() {
    return description;
  }
}
