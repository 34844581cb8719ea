package io.vivarium.wasm.wasi;

import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.wasm.engine.GuestMemory;

/**
 * The structure that {@code fd_filestat_get} and {@code path_filestat_get} fill, in its two
 * layouts.
 *
 * <p>Preview 1, 64 bytes: dev u64 at 0, ino u64 at 8, type u8 at 16, nlink u64 at 24, size u64 at
 * 32, atim, mtim and ctim u64 nanoseconds at 40, 48, 56. The older {@code wasi_unstable} has 56
 * bytes: nlink is u32 at 20 and what follows starts at 24.
 *
 * <p>Source: WASI preview 1 and snapshot 0, type {@code filestat}.
 */
public final class Filestat {
  public static final int SIZE = 64;
  public static final int UNSTABLE_SIZE = 56;

  private Filestat() {}

  /** Writes the layout of preview 1, padding included. */
  public static void write(GuestMemory memory, int address, Stat stat) {
    memory.offset(address, SIZE);
    Phase before = PhaseClock.enter(Phase.ENCODE);
    memory.putLong(address, stat.device());
    memory.putLong(address + 8, stat.inode());
    memory.putLong(address + 16, WasiFileType.of(stat.type()));
    memory.putLong(address + 24, stat.links());
    writeSizeAndTimes(memory, address + 32, stat);
    PhaseClock.leave(before);
  }

  /** Writes the layout of {@code wasi_unstable}, padding included. */
  public static void writeUnstable(GuestMemory memory, int address, Stat stat) {
    memory.offset(address, UNSTABLE_SIZE);
    memory.putLong(address, stat.device());
    memory.putLong(address + 8, stat.inode());
    memory.putLong(address + 16, WasiFileType.of(stat.type()) | (long) stat.links() << 32);
    writeSizeAndTimes(memory, address + 24, stat);
  }

  private static void writeSizeAndTimes(GuestMemory memory, int address, Stat stat) {
    memory.putLong(address, stat.size());
    memory.putLong(address + 8, stat.accessTime());
    memory.putLong(address + 16, stat.modificationTime());
    memory.putLong(address + 24, stat.changeTime());
  }
}
