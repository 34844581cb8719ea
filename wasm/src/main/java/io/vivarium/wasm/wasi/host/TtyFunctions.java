package io.vivarium.wasm.wasi.host;

import static io.vivarium.kernel.errno.Errno.ENOTTY;
import static io.vivarium.wasm.engine.ValueType.I32;

import io.vivarium.kernel.file.FdPair;
import io.vivarium.kernel.file.PollEvents;
import io.vivarium.kernel.syscall.TerminalCalls;
import io.vivarium.kernel.tty.Termios;
import io.vivarium.kernel.tty.WindowSize;
import io.vivarium.wasm.engine.GuestMemory;
import io.vivarium.wasm.wasi.GuestContext;
import io.vivarium.wasm.wasi.ImportModule;
import io.vivarium.wasm.wasi.IoVectors;

/**
 * Terminals. ENOTTY for a descriptor that is none.
 *
 * <p>Source: ABI section 10; termios(3), ioctl_tty(2).
 */
final class TtyFunctions {
  private static final int RAW = Termios.ICANON | Termios.ECHO | Termios.ISIG;
  private static final int STANDARD_STREAMS = 3;
  private static final long NANOS_PER_MILLI = 1_000_000;

  // Bits of the flags of get_attr and set_attr, in this order from bit 0.
  private static final int ATTR_ICRNL = 1;
  private static final int ATTR_OPOST = 2;
  private static final int ATTR_ONLCR = 4;
  private static final int ATTR_ICANON = 8;
  private static final int ATTR_ECHO = 16;
  private static final int ATTR_ECHOE = 32;
  private static final int ATTR_ECHOCTL = 64;
  private static final int ATTR_ISIG = 128;

  /** The control characters of get_attr and set_attr, in their order. */
  private static final int[] CHARACTERS = {
    Termios.VINTR,
    Termios.VQUIT,
    Termios.VSUSP,
    Termios.VEOF,
    Termios.VERASE,
    Termios.VKILL,
    Termios.VWERASE
  };

  private TtyFunctions() {}

  static void define(ImportModule.Builder module) {
    module
        .value("read", I32, 0, TtyFunctions::read, I32, I32, I32)
        .value("isatty", I32, 0, TtyFunctions::isatty, I32)
        .errno("get_size", TtyFunctions::getSize, I32, I32, I32)
        .errno("set_size", TtyFunctions::setSize, I32, I32, I32)
        .errno("set_raw_mode", TtyFunctions::setRawMode, I32)
        .errno("get_attr", TtyFunctions::getAttr, I32, I32, I32)
        .errno("set_attr", TtyFunctions::setAttr, I32, I32, I32)
        .errno("get_pgrp", TtyFunctions::getPgrp, I32, I32)
        .errno("set_pgrp", TtyFunctions::setPgrp, I32, I32)
        .errno("get_sid", TtyFunctions::getSid, I32, I32);
  }

  /** Adds {@code pty_open}, which is in {@code host_process}. */
  static void defineProcess(ImportModule.Builder module) {
    module.errno("pty_open", TtyFunctions::ptyOpen, I32, I32);
  }

  /**
   * {@code read(buf: *u8, len, timeout) -> i32}: reads descriptor 0, waiting for so many
   * milliseconds, all ones for ever. Answers the bytes read; 0 when the time passed, at the end, or
   * on any error.
   */
  static long read(GuestContext guest, GuestMemory memory, long[] a) {
    int at = memory.offset((int) a[0], (int) a[1]);
    int length = Math.min((int) a[1], IoVectors.MAX_BYTES);
    long nanos = (int) a[2] == -1 ? -1 : (a[2] & 0xffff_ffffL) * NANOS_PER_MILLI;
    int[] found = new int[1];
    int ready = guest.calls().poll().poll(new int[1], new int[] {PollEvents.POLLIN}, found, nanos);
    return ready == 0 ? 0 : guest.calls().descriptors().read(0, memory.array(), at, length);
  }

  /** {@code isatty(fd) -> i32}: 1 for a terminal, else 0. */
  static long isatty(GuestContext guest, GuestMemory memory, long[] a) {
    return guest.calls().terminals().isatty((int) a[0]) ? 1 : 0;
  }

  /** {@code get_size(fd, columns: *u16, rows: *u16)}: TIOCGWINSZ. */
  static void getSize(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 2);
    memory.offset((int) a[2], 2);
    WindowSize size = guest.calls().terminals().size((int) a[0]);
    memory.putShort((int) a[1], size.columns());
    memory.putShort((int) a[2], size.rows());
  }

  /** {@code set_size(fd, columns, rows)}: TIOCSWINSZ; SIGWINCH to the foreground group. */
  static void setSize(GuestContext guest, GuestMemory memory, long[] a) {
    WindowSize size = new WindowSize((int) a[2], (int) a[1]);
    guest.calls().terminals().setSize((int) a[0], size);
  }

  /**
   * {@code set_raw_mode(flag)}: takes lines, echo and signal characters of the terminal among the
   * standard streams away, or gives them back.
   */
  static void setRawMode(GuestContext guest, GuestMemory memory, long[] a) {
    TerminalCalls calls = guest.calls().terminals();
    int fd = 0;
    while (fd < STANDARD_STREAMS && !calls.isatty(fd)) {
      fd++;
    }
    if (fd == STANDARD_STREAMS) {
      throw ENOTTY.exception();
    }
    boolean raw = (int) a[0] != 0;
    Termios termios = calls.attributes(fd);
    calls.setAttributes(fd, raw ? termios.withLocal(0, RAW) : termios.withLocal(RAW, 0));
  }

  /**
   * {@code get_attr(fd, flags: *u32, characters: *u8)}: tcgetattr(3). The flags are, from bit 0 on:
   * ICRNL, OPOST, ONLCR, ICANON, ECHO, ECHOE, ECHOCTL, ISIG. The 7 characters are INTR, QUIT, SUSP,
   * EOF, ERASE, KILL, WERASE.
   */
  static void getAttr(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.offset((int) a[2], CHARACTERS.length);
    Termios termios = guest.calls().terminals().attributes((int) a[0]);
    int flags = 0;
    flags |= (termios.input() & Termios.ICRNL) != 0 ? ATTR_ICRNL : 0;
    flags |= (termios.output() & Termios.OPOST) != 0 ? ATTR_OPOST : 0;
    flags |= (termios.output() & Termios.ONLCR) != 0 ? ATTR_ONLCR : 0;
    flags |= (termios.local() & Termios.ICANON) != 0 ? ATTR_ICANON : 0;
    flags |= (termios.local() & Termios.ECHO) != 0 ? ATTR_ECHO : 0;
    flags |= (termios.local() & Termios.ECHOE) != 0 ? ATTR_ECHOE : 0;
    flags |= (termios.local() & Termios.ECHOCTL) != 0 ? ATTR_ECHOCTL : 0;
    flags |= (termios.local() & Termios.ISIG) != 0 ? ATTR_ISIG : 0;
    memory.putInt((int) a[1], flags);
    for (int i = 0; i < CHARACTERS.length; i++) {
      memory.putByte((int) a[2] + i, termios.character(CHARACTERS[i]));
    }
  }

  /** {@code set_attr(fd, flags: *u32, characters: *u8)}: tcsetattr(3); see {@link #getAttr}. */
  static void setAttr(GuestContext guest, GuestMemory memory, long[] a) {
    int flags = memory.getInt((int) a[1]);
    memory.offset((int) a[2], CHARACTERS.length);
    Termios termios = guest.calls().terminals().attributes((int) a[0]);
    int output = flag(flags, ATTR_OPOST, Termios.OPOST) | flag(flags, ATTR_ONLCR, Termios.ONLCR);
    int local =
        flag(flags, ATTR_ICANON, Termios.ICANON)
            | flag(flags, ATTR_ECHO, Termios.ECHO)
            | flag(flags, ATTR_ECHOE, Termios.ECHOE)
            | flag(flags, ATTR_ECHOCTL, Termios.ECHOCTL)
            | flag(flags, ATTR_ISIG, Termios.ISIG);
    int allLocal = Termios.ICANON | Termios.ECHO | Termios.ECHOE | Termios.ECHOCTL | Termios.ISIG;
    termios =
        termios
            .withInput(flag(flags, ATTR_ICRNL, Termios.ICRNL), Termios.ICRNL)
            .withOutput(output, Termios.OPOST | Termios.ONLCR)
            .withLocal(local, allLocal);
    for (int i = 0; i < CHARACTERS.length; i++) {
      termios = termios.withCharacter(CHARACTERS[i], memory.getByte((int) a[2] + i));
    }
    guest.calls().terminals().setAttributes((int) a[0], termios);
  }

  private static int flag(int flags, int bit, int termios) {
    return (flags & bit) != 0 ? termios : 0;
  }

  /** {@code get_pgrp(fd, group: *u32)}: tcgetpgrp(3). */
  static void getPgrp(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.putInt((int) a[1], guest.calls().terminals().foregroundGroup((int) a[0]));
  }

  /** {@code set_pgrp(fd, group)}: tcsetpgrp(3). EPERM, SIGTTOU. */
  static void setPgrp(GuestContext guest, GuestMemory memory, long[] a) {
    guest.calls().terminals().setForegroundGroup((int) a[0], (int) a[1]);
  }

  /** {@code get_sid(fd, session: *u32)}: tcgetsid(3). */
  static void getSid(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[1], 4);
    memory.putInt((int) a[1], guest.calls().terminals().session((int) a[0]));
  }

  /** {@code pty_open(master: *u32, slave: *u32)}: openpty(3). */
  static void ptyOpen(GuestContext guest, GuestMemory memory, long[] a) {
    memory.offset((int) a[0], 4);
    memory.offset((int) a[1], 4);
    FdPair pair = guest.calls().terminals().openPty();
    guest.rights().forget(pair.first());
    guest.rights().forget(pair.second());
    memory.putInt((int) a[0], pair.first());
    memory.putInt((int) a[1], pair.second());
  }
}
