package io.vivarium.kernel.file;

/** The origin of lseek(2). */
public enum Whence {
  SET,
  CURRENT,
  END,
  DATA,
  HOLE
}
