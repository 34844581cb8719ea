package io.vivarium.kernel.tty;

import io.vivarium.kernel.file.ByteRing;

/**
 * The standard line discipline (termios(3), N_TTY): what happens to each byte between the keyboard,
 * which is the master's side, and the process that reads, and what is echoed.
 *
 * <p>Typed bytes wait in the order they came until they fit into the input buffer; then they are
 * looked at one by one under the attributes of that moment. A complete line, or without ICANON
 * every byte, can be read.
 *
 * <p>Not thread-safe; its terminal locks.
 */
final class LineDiscipline {
  /** Bytes that may be typed ahead of what the input buffer takes. */
  static final int TYPE_AHEAD = 65536;

  // Steps of echo: a byte, or one of these with an argument in the low byte.
  private static final int CARET = 0x100;
  private static final int ERASE_TAB = 0x200;
  private static final int BEGIN_LINE = 0x300;
  private static final int STEP_BACK = 0x400;
  private static final int KIND = 0x700;
  private static final int FROM_LINE_START = 0x80;

  private final ByteRing typed = new ByteRing(TYPE_AHEAD);
  private final InputBuffer input = new InputBuffer();
  private final Display display = new Display();
  private final EchoQueue echoes = new EchoQueue();

  private Termios termios = Termios.DEFAULT;
  private boolean literalNext;
  // Between the '\' and the '/' with which ECHOPRT shows what is erased.
  private boolean showingErased;
  private boolean stoppedByUser;
  private boolean stoppedByCall;
  private long raised;

  Termios termios() {
    return termios;
  }

  // ---- what the terminal asks
  // --------------------------------------------------------------------

  /** Room for typed bytes. */
  int inputRoom() {
    return typed.free();
  }

  /** Whether a write would find room: the output is not stopped, and takes whatever byte comes. */
  boolean writable() {
    return !stopped() && echoes.isEmpty() && display.hasRoom();
  }

  /** Bytes that the master can read. */
  int outputSize() {
    return display.ring().size();
  }

  /** How many bytes a reader would get at least, lines counted whole (FIONREAD). */
  int inputSize() {
    return canonical() ? input.visibleComplete() : input.size();
  }

  /** Whether a read would find something: a line, or at least so many bytes without ICANON. */
  boolean readable(int least) {
    return canonical() ? input.hasLine() : input.size() >= least;
  }

  boolean canonical() {
    return termios.hasLocal(Termios.ICANON);
  }

  private boolean stopped() {
    return stoppedByUser || stoppedByCall;
  }

  /** Signals for the foreground group since the last call: bit n is signal n. */
  long takeRaised() {
    long taken = raised;
    raised = 0;
    return taken;
  }

  // ---- bytes pass
  // --------------------------------------------------------------------------------

  /** Somebody types; answers how many of the bytes were taken. */
  int type(byte[] buffer, int offset, int length) {
    int count = typed.put(buffer, offset, length);
    process();
    return count;
  }

  /** A process reads a line, or bytes without ICANON; something must be {@link #readable}. */
  int read(byte[] buffer, int offset, int length) {
    int count =
        canonical() ? input.readLine(buffer, offset, length) : input.read(buffer, offset, length);
    process();
    return count;
  }

  /** A process writes; answers how many of the bytes were taken. */
  int write(byte[] buffer, int offset, int length) {
    if (stopped() || !echo()) {
      return 0;
    }
    return display.write(termios, buffer, offset, length);
  }

  /** The master reads what was written and echoed. */
  int readOutput(byte[] buffer, int offset, int length) {
    int count = display.ring().take(buffer, offset, length);
    echo();
    process();
    return count;
  }

  // ---- control
  // -----------------------------------------------------------------------------------

  /** Changes the attributes. Going in or out of ICANON keeps what was typed. */
  void setTermios(Termios changed) {
    Termios before = termios;
    termios = changed;
    if (before.hasLocal(Termios.ICANON) != canonical()) {
      if (canonical()) {
        input.beginLines();
      } else {
        input.forgetLines();
      }
      literalNext = false;
      showingErased = false;
    }
    if (before.hasInput(Termios.IXON) && !changed.hasInput(Termios.IXON)) {
      start();
    }
    process();
  }

  /** Forgets what was typed and not read. */
  void flushInput() {
    typed.clear();
    input.clear();
    literalNext = false;
    showingErased = false;
  }

  /** Forgets what was written and not read by the master. */
  void flushOutput() {
    display.ring().clear();
    echo();
  }

  /** tcflow(3) TCOOFF and TCOON. */
  void stopByCall(boolean stop) {
    stoppedByCall = stop;
    if (!stop) {
      stoppedByUser = false;
      echo();
    }
  }

  /** Sends a byte to the master ahead of everything (tcflow(3) TCIOFF and TCION). */
  void send(int value) {
    display.ring().put((byte) value);
  }

  private void start() {
    if (!stoppedByCall) {
      stoppedByUser = false;
      echo();
    }
  }

  // ---- input
  // -------------------------------------------------------------------------------------

  /** Looks at typed bytes while there is room for what becomes of them. */
  private void process() {
    while (!typed.isEmpty() && hasRoom()) {
      int value = typed.at(0) & 0xff;
      typed.drop(1);
      receive(value);
    }
  }

  /**
   * Whether the input buffer takes another byte. In a line that is too long the last byte is given
   * up for each further one, so that the line can be ended.
   */
  private boolean hasRoom() {
    int room = InputBuffer.CAPACITY - 1 - input.size();
    if (room > 0) {
      return true;
    }
    boolean tooLong = canonical() && !input.hasLine();
    if (tooLong && room < 0) {
      input.erase(1);
    }
    return tooLong;
  }

  private void receive(int typedValue) {
    int value = typedValue;
    if (termios.hasInput(Termios.ISTRIP)) {
      value &= 0x7f;
    }
    if (termios.hasInput(Termios.IUCLC) && termios.hasLocal(Termios.IEXTEN)) {
      value = Characters.lower(value);
    }
    if (literalNext) {
      literalNext = false;
      keep(value, false);
      return;
    }
    if (flowControl(value) || signalCharacter(value)) {
      return;
    }
    if (termios.hasInput(Termios.IXON) && termios.hasInput(Termios.IXANY)) {
      start();
    }
    if (value == '\r' && termios.hasInput(Termios.IGNCR)) {
      return;
    }
    boolean mapped = true;
    if (value == '\r' && termios.hasInput(Termios.ICRNL)) {
      value = '\n';
    } else if (value == '\n' && termios.hasInput(Termios.INLCR)) {
      value = '\r';
    } else {
      mapped = false;
    }
    if (canonical() && editingCharacter(value)) {
      return;
    }
    keep(value, mapped && value == '\n');
  }

  private boolean flowControl(int value) {
    if (!termios.hasInput(Termios.IXON)) {
      return false;
    }
    if (termios.is(Termios.VSTART, value)) {
      start();
      return true;
    }
    if (termios.is(Termios.VSTOP, value)) {
      stoppedByUser = true;
      return true;
    }
    return false;
  }

  private boolean signalCharacter(int value) {
    if (!termios.hasLocal(Termios.ISIG)) {
      return false;
    }
    int signal =
        termios.is(Termios.VINTR, value)
            ? JobSignal.INTERRUPT
            : termios.is(Termios.VQUIT, value)
                ? JobSignal.QUIT
                : termios.is(Termios.VSUSP, value) ? JobSignal.STOP : 0;
    if (signal == 0) {
      return false;
    }
    raised |= 1L << signal;
    if (!termios.hasLocal(Termios.NOFLSH)) {
      echoes.clear();
      display.ring().clear();
      input.clear();
      showingErased = false;
    }
    if (termios.hasInput(Termios.IXON)) {
      start();
    }
    if (termios.hasLocal(Termios.ECHO)) {
      echoCharacter(value);
    }
    return true;
  }

  /**
   * Puts a byte into the input. A line feed made from another byte is echoed as the newline it is.
   */
  private void keep(int value, boolean asNewline) {
    if (termios.hasLocal(Termios.ECHO)) {
      finishErasing();
      if (asNewline) {
        step('\n');
      } else {
        beginLine();
        echoCharacter(value);
      }
    }
    if (value == 0xff
        && termios.hasInput(Termios.PARMRK)
        && input.size() < InputBuffer.CAPACITY - 1) {
      input.append(value);
    }
    input.append(value);
  }

  /** What ICANON does with a byte; false when it is one like any other. */
  private boolean editingCharacter(int value) {
    boolean extended = termios.hasLocal(Termios.IEXTEN);
    if (termios.is(Termios.VERASE, value)) {
      eraseCharacter();
    } else if (termios.is(Termios.VKILL, value)) {
      kill();
    } else if (extended && termios.is(Termios.VWERASE, value)) {
      eraseWord();
    } else if (extended && termios.is(Termios.VLNEXT, value)) {
      literalNext();
    } else if (extended && termios.hasLocal(Termios.ECHO) && termios.is(Termios.VREPRINT, value)) {
      reprint(value);
    } else if (value == '\n') {
      if (termios.hasLocal(Termios.ECHO) || termios.hasLocal(Termios.ECHONL)) {
        step('\n');
      }
      input.end(value, false);
    } else if (termios.is(Termios.VEOF, value)) {
      input.end(0, true);
    } else if (termios.is(Termios.VEOL, value) || (extended && termios.is(Termios.VEOL2, value))) {
      if (termios.hasLocal(Termios.ECHO)) {
        beginLine();
        echoCharacter(value);
      }
      input.end(value, false);
    } else {
      return false;
    }
    return true;
  }

  private void literalNext() {
    literalNext = true;
    if (termios.hasLocal(Termios.ECHO)) {
      finishErasing();
      if (termios.hasLocal(Termios.ECHOCTL)) {
        step('^');
        step('\b');
      }
    }
  }

  private void reprint(int value) {
    finishErasing();
    echoCharacter(value);
    step('\n');
    for (int i = 0; i < input.editing(); i++) {
      echoCharacter(input.edited(i));
    }
  }

  // ---- erasing
  // -----------------------------------------------------------------------------------

  private void eraseCharacter() {
    if (lastCharacter() > 0) {
      eraseLast(termios.hasLocal(Termios.ECHOE));
    }
    erased();
  }

  private void eraseWord() {
    boolean inWord = false;
    while (lastCharacter() > 0) {
      boolean word = Characters.isWord(input.edited(input.editing() - lastCharacter()));
      if (inWord && !word) {
        break;
      }
      inWord |= word;
      eraseLast(true);
    }
    erased();
  }

  private void kill() {
    if (input.editing() == 0) {
      return;
    }
    boolean echo = termios.hasLocal(Termios.ECHO);
    boolean visibly =
        termios.hasLocal(Termios.ECHOK)
            && termios.hasLocal(Termios.ECHOKE)
            && termios.hasLocal(Termios.ECHOE);
    if (echo && visibly) {
      while (lastCharacter() > 0) {
        eraseLast(true);
      }
      erased();
      return;
    }
    input.erase(input.editing());
    if (echo) {
      finishErasing();
      echoCharacter(termios.character(Termios.VKILL));
      if (termios.hasLocal(Termios.ECHOK)) {
        step('\n');
      }
    }
  }

  /** Bytes of the last character of the edited line; 0 when there is no complete one. */
  private int lastCharacter() {
    int length = 0;
    int left = input.editing();
    while (length < left) {
      length = length + 1;
      if (!Characters.continues(termios, input.edited(left - length))) {
        return length;
      }
    }
    return 0;
  }

  /**
   * Erases the last character of the edited line.
   *
   * @param visibly whether the echo takes it away too, rather than showing the erase character
   */
  private void eraseLast(boolean visibly) {
    int length = lastCharacter();
    int start = input.editing() - length;
    int first = input.edited(start);
    if (termios.hasLocal(Termios.ECHO)) {
      if (termios.hasLocal(Termios.ECHOPRT)) {
        showErased(start, length);
      } else if (!visibly) {
        echoCharacter(termios.character(Termios.VERASE));
      } else if (first == '\t') {
        eraseTab(start);
      } else {
        eraseColumns(first);
      }
    }
    input.erase(length);
  }

  private void showErased(int start, int length) {
    if (!showingErased) {
      step('\\');
      showingErased = true;
    }
    echoCharacter(input.edited(start));
    for (int i = 1; i < length; i++) {
      step(input.edited(start + i));
      step(STEP_BACK);
    }
  }

  private void eraseColumns(int value) {
    boolean caret = termios.hasLocal(Termios.ECHOCTL);
    int columns = Characters.isControl(value) ? (caret ? 2 : 0) : 1;
    for (int i = 0; i < columns; i++) {
      step('\b');
      step(' ');
      step('\b');
    }
  }

  /** Goes back over a tab: as far as it went from the one before it, or from the line's start. */
  private void eraseTab(int position) {
    int columns = 0;
    int at = position;
    boolean fromLineStart = true;
    while (at > 0 && fromLineStart) {
      at = at - 1;
      int value = input.edited(at);
      if (value == '\t') {
        fromLineStart = false;
      } else if (Characters.isControl(value)) {
        columns = columns + (termios.hasLocal(Termios.ECHOCTL) ? 2 : 0);
      } else if (!Characters.continues(termios, value)) {
        columns = columns + 1;
      }
    }
    step(ERASE_TAB | (columns & 7) | (fromLineStart ? FROM_LINE_START : 0));
  }

  private void erased() {
    if (input.editing() == 0 && termios.hasLocal(Termios.ECHO)) {
      finishErasing();
    }
  }

  private void finishErasing() {
    if (showingErased) {
      step('/');
      showingErased = false;
    }
  }

  // ---- echo
  // --------------------------------------------------------------------------------------

  private void beginLine() {
    if (input.editing() == 0) {
      step(BEGIN_LINE);
    }
  }

  private void echoCharacter(int value) {
    boolean caret =
        termios.hasLocal(Termios.ECHOCTL) && Characters.isControl(value) && value != '\t';
    step(caret ? CARET | value : value);
  }

  /** Echoes a step now, or when the output goes on. */
  private void step(int step) {
    if (stopped() || !echoes.isEmpty() || !perform(step)) {
      echoes.add(step);
    }
  }

  /** Echoes what waits; whether nothing waits any more. */
  private boolean echo() {
    while (!stopped() && !echoes.isEmpty() && perform(echoes.peek())) {
      echoes.remove();
    }
    return echoes.isEmpty();
  }

  private boolean perform(int step) {
    int argument = step & 0xff;
    switch (step & KIND) {
      case CARET -> {
        return display.putCaret(argument);
      }
      case ERASE_TAB -> {
        return display.eraseTab(argument & 7, (argument & FROM_LINE_START) != 0);
      }
      case BEGIN_LINE -> display.beginLine();
      case STEP_BACK -> display.back();
      default -> {
        return display.put(termios, argument);
      }
    }
    return true;
  }
}
