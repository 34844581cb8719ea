package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.text.ByteStrings;

/** A symlink. */
final class SymlinkRecord extends InodeRecord {
  final String target;
  private final int length;

  SymlinkRecord(Edit owner, long ino, NewInode attributes, long now) {
    super(owner, ino, attributes, now);
    this.target = attributes.target();
    this.length = ByteStrings.length(target);
  }

  private SymlinkRecord(Edit owner, SymlinkRecord original) {
    super(owner, original);
    this.target = original.target;
    this.length = original.length;
  }

  @Override
  SymlinkRecord copy(Edit edit) {
    return new SymlinkRecord(edit, this);
  }

  @Override
  long size() {
    return length;
  }

  @Override
  long sectors() {
    return 0;
  }

  @Override
  long chargedBytes() {
    return length;
  }

  @Override
  long contentResidentBytes() {
    return 2L * target.length();
  }
}
