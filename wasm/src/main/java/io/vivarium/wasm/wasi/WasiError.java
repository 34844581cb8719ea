package io.vivarium.wasm.wasi;

/**
 * A call fails with a number that only the guest ABI has. Everything else is a kernel {@link
 * io.vivarium.kernel.errno.ErrnoException}.
 */
@SuppressWarnings("StaticAssignmentOfThrowable") // without stack trace one is like another
public final class WasiError extends RuntimeException {
  /** The descriptor lacks a right, or the path leaves the directory it was granted for. */
  public static final WasiError NOTCAPABLE = new WasiError(WasiErrno.NOTCAPABLE);

  /** A call that signals interrupt was, and must not be made again, whatever SA_RESTART says. */
  public static final WasiError INTR = new WasiError(WasiErrno.INTR);

  private final int number;

  private WasiError(int number) {
    super("wasi errno " + number, null, false, false);
    this.number = number;
  }

  /** What the guest gets. */
  public int number() {
    return number;
  }
}
