package io.vivarium.kernel.tty;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Terminal attributes (termios(3)) with the flag values of Linux x86-64. Immutable.
 *
 * <p>Flags without a constant here are kept and answered, and mean nothing to this terminal: there
 * is no line to set a speed or parity of.
 */
public final class Termios {
  // Input.
  public static final int ISTRIP = 0000040;
  public static final int INLCR = 0000100;
  public static final int IGNCR = 0000200;
  public static final int ICRNL = 0000400;
  public static final int IUCLC = 0001000;
  public static final int IXON = 0002000;
  public static final int IXANY = 0004000;
  public static final int PARMRK = 0000010;
  public static final int IUTF8 = 0040000;

  // Output.
  public static final int OPOST = 0000001;
  public static final int OLCUC = 0000002;
  public static final int ONLCR = 0000004;
  public static final int OCRNL = 0000010;
  public static final int ONOCR = 0000020;
  public static final int ONLRET = 0000040;

  /** Both bits: tabs are written as spaces. */
  public static final int XTABS = 0014000;

  // Control, as new terminals have it.
  public static final int B38400 = 0000017;
  public static final int CS8 = 0000060;
  public static final int CREAD = 0000200;

  // Local.
  public static final int ISIG = 0000001;
  public static final int ICANON = 0000002;
  public static final int ECHO = 0000010;
  public static final int ECHOE = 0000020;
  public static final int ECHOK = 0000040;
  public static final int ECHONL = 0000100;
  public static final int NOFLSH = 0000200;
  public static final int TOSTOP = 0000400;
  public static final int ECHOCTL = 0001000;
  public static final int ECHOPRT = 0002000;
  public static final int ECHOKE = 0004000;
  public static final int IEXTEN = 0100000;

  // Places of the control characters.
  public static final int VINTR = 0;
  public static final int VQUIT = 1;
  public static final int VERASE = 2;
  public static final int VKILL = 3;
  public static final int VEOF = 4;
  public static final int VTIME = 5;
  public static final int VMIN = 6;
  public static final int VSTART = 8;
  public static final int VSTOP = 9;
  public static final int VSUSP = 10;
  public static final int VEOL = 11;
  public static final int VREPRINT = 12;
  public static final int VDISCARD = 13;
  public static final int VWERASE = 14;
  public static final int VLNEXT = 15;
  public static final int VEOL2 = 16;

  /** How many control characters there are (NCCS of the kernel). */
  public static final int CONTROL_CHARACTERS = 19;

  /** What a new terminal has: canonical input with echo, as Linux sets it up. */
  public static final Termios DEFAULT =
      new Termios(
          ICRNL | IXON,
          OPOST | ONLCR,
          B38400 | CS8 | CREAD,
          ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
          new byte[] {
            3, 28, 127, 21, 4, 0, 1, 0, 17, 19, 26, 0, 18, 15, 23, 22, 0, 0, 0,
          });

  private final int input;
  private final int output;
  private final int control;
  private final int local;
  private final byte[] characters;

  /**
   * Attributes.
   *
   * @param input {@code c_iflag}
   * @param output {@code c_oflag}
   * @param control {@code c_cflag}
   * @param local {@code c_lflag}
   * @param characters {@code c_cc}; missing ones are 0, which is no character, further ones ignored
   */
  public Termios(int input, int output, int control, int local, byte[] characters) {
    this.input = input;
    this.output = output;
    this.control = control;
    this.local = local;
    this.characters = Arrays.copyOf(characters, CONTROL_CHARACTERS);
  }

  /** {@code c_iflag}. */
  public int input() {
    return input;
  }

  /** {@code c_oflag}. */
  public int output() {
    return output;
  }

  /** {@code c_cflag}. */
  public int control() {
    return control;
  }

  /** {@code c_lflag}. */
  public int local() {
    return local;
  }

  /** {@code c_cc}, a copy. */
  public byte[] characters() {
    return characters.clone();
  }

  /** The control character at a place, 0 to 255; 0 means that it is disabled. */
  public int character(int place) {
    return characters[place] & 0xff;
  }

  /** These with some input flags set and others cleared. */
  public Termios withInput(int set, int cleared) {
    return new Termios((input & ~cleared) | set, output, control, local, characters);
  }

  /** These with some output flags set and others cleared. */
  public Termios withOutput(int set, int cleared) {
    return new Termios(input, (output & ~cleared) | set, control, local, characters);
  }

  /** These with some local flags set and others cleared. */
  public Termios withLocal(int set, int cleared) {
    return new Termios(input, output, control, (local & ~cleared) | set, characters);
  }

  /** These with another control character, or value of VMIN or VTIME. */
  public Termios withCharacter(int place, int value) {
    byte[] changed = characters.clone();
    changed[place] = (byte) value;
    return new Termios(input, output, control, local, changed);
  }

  /** Raw mode, as {@code cfmakeraw(3)} makes it: every byte goes through as it is. */
  public Termios raw() {
    int ignoreBreak = 0001;
    int breakInterrupts = 0002;
    int local = ECHO | ECHONL | ICANON | ISIG | IEXTEN;
    return withInput(
            0, ignoreBreak | breakInterrupts | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        .withOutput(0, OPOST)
        .withLocal(0, local)
        .withCharacter(VMIN, 1)
        .withCharacter(VTIME, 0);
  }

  boolean hasInput(int flag) {
    return (input & flag) != 0;
  }

  boolean hasOutput(int flag) {
    return (output & flag) != 0;
  }

  boolean hasLocal(int flag) {
    return (local & flag) != 0;
  }

  /** Whether a byte is the control character of a place; disabled ones match nothing. */
  boolean is(int place, int value) {
    return value != 0 && value == character(place);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Termios that
        && input == that.input
        && output == that.output
        && control == that.control
        && local == that.local
        && Arrays.equals(characters, that.characters);
  }

  @Override
  public int hashCode() {
    return ((input * 31 + output) * 31 + local) * 31 + Arrays.hashCode(characters);
  }

  @Override
  public String toString() {
    return String.format(
        "iflag=%o oflag=%o cflag=%o lflag=%o cc=%s",
        input, output, control, local, Arrays.toString(characters));
  }
}
