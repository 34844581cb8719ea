package io.vivarium.kernel.fs.host;

import static java.nio.ByteOrder.nativeOrder;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.text.ByteStrings;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An enumeration of a host directory. Cookies are the positions that the host gives its entries
 * ({@code d_off}). Between two calls the reader keeps its descriptor and what it has read ahead,
 * because some file systems (overlayfs) promise stable positions to one open directory only; when
 * the descriptor had to go, the next call opens the directory again and seeks.
 */
final class DirectoryReader {
  // Offsets in struct linux_dirent64.
  private static final int INODE = 0;
  private static final int POSITION = 8;
  private static final int RECORD_LENGTH = 16;
  private static final int TYPE = 18;
  private static final int NAME = 19;

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, nativeOrder());
  private static final VarHandle SHORTS =
      MethodHandles.byteArrayViewVarHandle(short[].class, nativeOrder());
  private static final List<FileType> TYPES = List.of(FileType.values());
  private static final int BUFFER_BYTES = 16 << 10;

  /** Positions above this one become this one, so that whoever counts on has room. */
  private static final long LAST_COOKIE = Long.MAX_VALUE - 0xffff;

  private final HostDirectory directory;
  private final HandleSlot slot;
  private final byte[] buffer = new byte[BUFFER_BYTES];
  private int next;
  private int end;

  /** Position behind the entry that was visited last. */
  private long cookie;

  /** Position before the entry that was visited last, where a visitor that refused it goes on. */
  private long cookieBefore;

  /** Where in the buffer the entry visited last begins, or -1. */
  private int last = -1;

  DirectoryReader(HostDirectory directory, long cookie) {
    this.directory = directory;
    this.slot = new HandleSlot(directory.host().descriptors());
    this.cookie = cookie;
    this.cookieBefore = cookie;
  }

  /** Whether an enumeration from this position continues here; then it stands exactly there. */
  boolean standsAt(long position) {
    if (position == cookie) {
      return true;
    }
    if (position == cookieBefore && last >= 0) {
      next = last;
      last = -1;
      cookie = cookieBefore;
      return true;
    }
    return false;
  }

  /**
   * Visits entries until there are none or the visitor has enough.
   *
   * @return whether the visitor had enough
   */
  boolean visit(DirectoryVisitor visitor) {
    try (HostHandle above = directory.beneath();
        HostHandle handle = open(above)) {
      while (true) {
        if (next >= end) {
          next = 0;
          last = -1;
          end = HostCalls.readDirectory(handle.fd(), buffer);
          if (end == 0) {
            return false;
          }
        }
        if (!visitNext(above, visitor)) {
          return true;
        }
      }
    }
  }

  private HostHandle open(HostHandle above) {
    HostHandle present = slot.retain();
    if (present != null) {
      return present;
    }
    HostHandle fresh =
        directory
            .host()
            .descriptors()
            .open(() -> HostCalls.openDirectory(above.fd()), HostHandle.READ);
    // What was read ahead is still good; reading goes on behind it.
    long position = end > 0 ? positionOfLastRead() : cookie;
    if (position != 0) {
      try {
        HostCalls.seek(fresh.fd(), position, LinuxAbi.SEEK_SET);
      } catch (ErrnoException e) {
        fresh.close();
        throw e;
      }
    }
    slot.offer(fresh);
    return fresh;
  }

  private long positionOfLastRead() {
    int at = 0;
    int previous = 0;
    while (at < end) {
      previous = at;
      at += (short) SHORTS.get(buffer, at + RECORD_LENGTH);
    }
    return (long) LONGS.get(buffer, previous + POSITION);
  }

  private boolean visitNext(HostHandle above, DirectoryVisitor visitor) {
    int at = next;
    int length = (short) SHORTS.get(buffer, at + RECORD_LENGTH);
    int nameEnd = at + NAME;
    while (buffer[nameEnd] != 0) {
      nameEnd++;
    }
    next = at + length;
    last = at;
    cookieBefore = cookie;
    cookie = Math.min((long) LONGS.get(buffer, at + POSITION), LAST_COOKIE);
    String name = ByteStrings.decode(buffer, at + NAME, nameEnd - at - NAME);
    if (name.equals(".") || name.equals("..")) {
      return true;
    }
    FileType type = type(buffer[at + TYPE], above, name);
    if (type == null) {
      return true; // removed meanwhile
    }
    long number =
        directory.host().number(directory.place().device(), (long) LONGS.get(buffer, at + INODE));
    return visitor.entry(name, number, type, cookie);
  }

  /** The kind that the host tells, or where it does not, asks for; null when there is no file. */
  private static @Nullable FileType type(byte told, HostHandle directory, String name) {
    for (FileType type : TYPES) {
      if (type.directoryEntryType() == told) {
        return type;
      }
    }
    HostStat stat = HostDirectory.present(directory, HostName.of(name));
    return stat == null ? null : stat.type();
  }

  /** Closes the descriptor. */
  void dispose() {
    slot.dispose();
  }
}
