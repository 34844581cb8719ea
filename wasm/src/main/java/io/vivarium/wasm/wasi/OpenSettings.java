package io.vivarium.wasm.wasi;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.kernel.fs.Mode;

/**
 * What the guests' libc has to say about the next {@code path_open}, and cannot say in it: the mode
 * of a new file, and O_DIRECT. It counts once, for the next open, whatever becomes of that.
 *
 * <p>Source: ABI section 7, {@code set_open_mode} and {@code set_open_direct}.
 */
public final class OpenSettings {
  private static final int DEFAULT_MODE = 0666;

  private int nextMode = DEFAULT_MODE;
  private boolean nextDirect;
  private int mode = DEFAULT_MODE;

  /** Sets the mode of the next open. */
  public void setMode(int bits) {
    nextMode = bits & Mode.PERMISSIONS;
  }

  /** Sets O_DIRECT for the next open. */
  public void setDirect(boolean direct) {
    nextDirect = direct;
  }

  /**
   * An open begins: uses the settings up.
   *
   * @return extra flags of open(2)
   */
  public int take() {
    int flags = nextDirect ? OpenFlags.O_DIRECT : 0;
    mode = nextMode;
    nextMode = DEFAULT_MODE;
    nextDirect = false;
    return flags;
  }

  /** The mode for the open that began last. */
  public int mode() {
    return mode;
  }
}
