package io.vivarium.kernel.fs.memory;

import io.vivarium.kernel.fs.NewInode;

/** A FIFO, socket or device node: a name for something that is not in this file system. */
final class NodeRecord extends InodeRecord {
  private final long rdev;

  NodeRecord(Edit owner, long ino, NewInode attributes, long now) {
    super(owner, ino, attributes, now);
    this.rdev = attributes.rdev();
  }

  private NodeRecord(Edit owner, NodeRecord original) {
    super(owner, original);
    this.rdev = original.rdev;
  }

  @Override
  NodeRecord copy(Edit edit) {
    return new NodeRecord(edit, this);
  }

  @Override
  long rdev() {
    return rdev;
  }

  @Override
  long size() {
    return 0;
  }

  @Override
  long sectors() {
    return 0;
  }

  @Override
  long chargedBytes() {
    return 0;
  }

  @Override
  long contentResidentBytes() {
    return 0;
  }
}
