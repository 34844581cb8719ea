package io.vivarium.kernel.fs.memory;

/** An extended attribute; its value is never changed. */
final class Xattr implements NameMap.Named {
  private static final long OVERHEAD = 160;

  private final String name;
  private final byte[] value;

  Xattr(String name, byte[] value) {
    this.name = name;
    this.value = value.clone();
  }

  @Override
  public String name() {
    return name;
  }

  byte[] value() {
    return value.clone();
  }

  /** What the attribute counts in the ledger. */
  long residentBytes() {
    return OVERHEAD + 2L * name.length() + value.length;
  }
}
