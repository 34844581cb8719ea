package io.vivarium.cli;

/** The signals that {@code viv} handles, by their numbers in a machine, which are Linux's. */
enum Signal {
  HUP(1),
  INT(2),
  PIPE(13),
  TERM(15),
  CONT(18),
  WINCH(28);

  private final int number;

  Signal(int number) {
    this.number = number;
  }

  /** Its number. */
  int number() {
    return number;
  }

  /**
   * Has something done, on a thread of its own, whenever this process gets the signal. One that was
   * ignored when the process started, as {@code nohup(1)} does, stays so.
   */
  void handle(Runnable action) {
    sun.misc.Signal.handle(new sun.misc.Signal(name()), signal -> action.run());
  }
}
