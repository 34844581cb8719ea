package io.vivarium.wasm.wasi.preview1;

import io.vivarium.kernel.file.OpenFlags;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.At;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.Oflags;
import io.vivarium.wasm.wasi.Rights;
import io.vivarium.wasm.wasi.WasiError;

/** Opening files: the one call in which flags, rights and modes meet. */
final class PathOpen {
  private static final long ACCESS = Rights.FD_READ | Rights.FD_WRITE;

  private PathOpen() {}

  /**
   * {@code path_open(fd, dirflags: lookupflags, path, len, oflags: u16, rights_base: u64,
   * rights_inheriting: u64, fdflags: u16, opened: *fd)}: openat(2). FD_READ and FD_WRITE of the
   * base rights choose the access mode. A new file gets the mode that {@code host_fs.set_open_mode}
   * left for this call, else 0666.
   *
   * <p>The new descriptor has every right that its file and access mode allow and that the
   * directory hands on, also those nobody asked for: programs ask for less than they use, and
   * expect to be refused nothing but what they gave up. ENOTCAPABLE when the access itself is not
   * handed on.
   *
   * <p>ELOOP for a symlink that is not followed, ENOTDIR, EISDIR, EEXIST, ENOENT, EACCES, EROFS,
   * EMFILE. Source: WASI preview 1; ABI section 5.
   */
  static void pathOpen(GuestContext guest, GuestMemory memory, long[] a) {
    int special = guest.openSettings().take();
    int mode = guest.openSettings().mode();
    int result = (int) a[8];
    memory.offset(result, 4);
    int dirfd = (int) a[0];
    At at = guest.at(dirfd, needed((int) a[4]), memory, (int) a[2], (int) a[3]);
    long access = a[5] & ACCESS;
    long handedOn = guest.rights().inheriting(dirfd, Rights.ALL);
    if ((access & ~handedOn) != 0) {
      throw WasiError.NOTCAPABLE;
    }
    int flags = Oflags.toLinux((int) a[1], (int) a[4], access, (int) a[7]) | special;
    if (guest.portable() && (flags & OpenFlags.O_DIRECTORY) != 0) {
      flags &= ~OpenFlags.O_ACCMODE;
    }
    int fd = guest.files().open(at.dirfd(), at.path(), flags, mode);
    limit(guest, fd, access, handedOn, flags);
    memory.putInt(result, fd);
  }

  private static long needed(int oflags) {
    long rights = Rights.PATH_OPEN;
    if ((oflags & Oflags.CREAT) != 0) {
      rights |= Rights.PATH_CREATE_FILE;
    }
    if ((oflags & Oflags.TRUNC) != 0) {
      rights |= Rights.PATH_FILESTAT_SET_SIZE;
    }
    return rights;
  }

  /** Takes away what the directory does not hand on, and reading where nobody asked for it. */
  private static void limit(GuestContext guest, int fd, long access, long handedOn, int flags) {
    guest.rights().forget(fd);
    boolean unasked = guest.portable() && access == 0 && (flags & OpenFlags.O_DIRECTORY) == 0;
    if (unasked || handedOn != Rights.ALL) {
      long base = unasked ? handedOn & ~Rights.FD_READ : handedOn;
      guest.rights().limit(fd, base, handedOn);
    }
  }
}
