package io.vivarium.wasm.trace;

/** What an argument, or an address and a length together, means. */
enum Kind {
  // Numbers.
  FD(1),
  DIRFD(1),
  I32(1),
  U32(1),
  HEX(1),
  OCT(1),
  I64(1),
  U64(1),
  // Numbers with names.
  LOOKUP(1),
  OFLAGS(1),
  FDFLAGS(1),
  FSTFLAGS(1),
  RIGHTS(1),
  WHENCE(1),
  CLOCK(1),
  SIGNAL(1),
  SIGHOW(1),
  DISPOSITION(1),
  WAITFLAGS(1),
  ACCESS(1),
  // What an address leads to before the call.
  PTR(1),
  /** Address and length of a path, shown in full. */
  PATH(2),
  /** Address and length of a text, shown without its length. */
  TEXT(2),
  /** Address and length of bytes, shown with their length. */
  DATA(2),
  /** Strings that end in NUL, one after the other. */
  STRINGS(2),
  /** As STRINGS, of which only the number is shown. */
  ENVIRON(2),
  /** Buffers that are written from. */
  CIOVECS(2),
  /** Numbers of 32 bits and how many. */
  WORDS(2),
  // What an address leads to after the call.
  /** A buffer and its capacity; what is in it is told by the next COUNT. */
  BUFFER(2),
  /** Buffers that are read into, as BUFFER. */
  IOVECS(2),
  /** pollfds and how many. */
  POLLFDS(2),
  /** How much of a buffer was used. */
  COUNT(1),
  OUT_U16(1),
  OUT_U32(1),
  OUT_FD(1),
  OUT_U64(1),
  OUT_HEX(1),
  FDSTAT(1),
  FILESTAT(1),
  /** The layout of {@code wasi_unstable}. */
  FILESTAT_OLD(1),
  PRESTAT(1);

  private final int width;

  Kind(int width) {
    this.width = width;
  }

  /** How many parameters it stands for. */
  int width() {
    return width;
  }

  /** Whether it is known only after the call. */
  boolean isOutput() {
    return compareTo(BUFFER) >= 0;
  }
}
