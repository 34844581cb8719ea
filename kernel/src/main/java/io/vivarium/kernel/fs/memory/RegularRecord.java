package io.vivarium.kernel.fs.memory;

import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.ENXIO;

import io.vivarium.kernel.fs.AllocateMode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.limit.StorageLedger;
import org.jspecify.annotations.Nullable;

/**
 * A regular file: its size, and its blocks by number. A block that is absent is a hole. Bytes of a
 * block behind the end of the file are zero.
 *
 * <p>Methods that change contents are called on a record that belongs to the present edit.
 */
final class RegularRecord extends InodeRecord {
  private static final int SECTOR = 512;

  /** Whether link(2) may give this file its first name (O_TMPFILE). */
  boolean linkable;

  private long size;
  private PersistentRadix<Block> blocks;
  private long blockBytes;

  RegularRecord(Edit owner, long ino, NewInode attributes, long now) {
    super(owner, ino, attributes, now);
    this.blocks = PersistentRadix.empty();
  }

  private RegularRecord(Edit owner, RegularRecord original) {
    super(owner, original);
    this.linkable = original.linkable;
    this.size = original.size;
    this.blocks = original.blocks;
    this.blockBytes = original.blockBytes;
  }

  @Override
  RegularRecord copy(Edit edit) {
    return new RegularRecord(edit, this);
  }

  @Override
  long size() {
    return size;
  }

  @Override
  long sectors() {
    return blocks.size() * (Block.SIZE / SECTOR);
  }

  @Override
  long chargedBytes() {
    return size;
  }

  @Override
  long contentResidentBytes() {
    return blockBytes;
  }

  /** Visits the blocks in order. */
  void forEachBlock(PersistentRadix.Visitor<Block> visitor) {
    blocks.visitFrom(0, visitor);
  }

  int read(long position, byte[] buffer, int offset, int length) {
    if (position < 0) {
      throw EINVAL.exception();
    }
    int count = (int) Math.min(length, Math.max(0, size - position));
    int done = 0;
    while (done < count) {
      long at = position + done;
      int inBlock = inBlock(at);
      int part = Math.min(count - done, Block.SIZE - inBlock);
      Block block = blocks.get(index(at));
      (block == null ? Block.RESERVED : block).read(inBlock, buffer, offset + done, part);
      done += part;
    }
    return count;
  }

  /** Writes as much as there is space for, but at least a byte or it throws ENOSPC. */
  int write(long position, byte[] buffer, int offset, int length, StorageLedger ledger) {
    if (position < 0) {
      throw EINVAL.exception();
    }
    if (position == Long.MAX_VALUE && length > 0) {
      throw EFBIG.exception();
    }
    int count = (int) Math.min(length, Long.MAX_VALUE - position);
    int done = 0;
    while (done < count) {
      int part = writeInBlock(position + done, buffer, offset + done, count - done, ledger);
      if (part == 0) {
        if (done == 0) {
          throw ledger.full(position + count - size);
        }
        break;
      }
      done += part;
    }
    return done;
  }

  /** Writes into one block; answers the bytes written, 0 when there is no space. */
  private int writeInBlock(
      long position, byte[] buffer, int offset, int length, StorageLedger ledger) {
    int from = inBlock(position);
    int part = Math.min(length, Block.SIZE - from);
    long growth = position + part - size;
    if (growth > ledger.freeBytes()) {
      part = (int) Math.max(0, part - (growth - ledger.freeBytes()));
      growth = position + part - size;
      if (part == 0) {
        return 0;
      }
    }
    int to = from + part;
    Block before = blocks.get(index(position));
    int capacity = before == null ? to : before.capacityFor(to);
    long resident = Block.residentBytes(capacity) - (before == null ? 0 : before.residentBytes());
    if (!ledger.tryCharge(Math.max(0, growth), 0, resident)) {
      return 0;
    }
    Block after =
        before == null || before.isLost(owner, from, to)
            ? Block.zeros(owner, capacity)
            : before.writable(owner, capacity);
    after.write(from, buffer, offset, part);
    replace(index(position), before, after);
    size = Math.max(size, position + part);
    return part;
  }

  void truncate(long newSize, StorageLedger ledger) {
    if (newSize < 0) {
      throw EINVAL.exception();
    }
    long residentBefore = blockBytes;
    if (newSize > size) {
      ledger.charge(newSize - size, 0, 0);
    } else if (newSize == 0) {
      blocks = PersistentRadix.empty();
      blockBytes = 0;
    } else {
      // Also without a change of size: reservations behind the end go, as on Linux.
      removeBlocks(indexUp(newSize), Long.MAX_VALUE);
      cutBlock(newSize);
    }
    ledger.charge(Math.min(0, newSize - size), 0, blockBytes - residentBefore);
    size = newSize;
  }

  /** Drops the bytes behind a position from the block around it. */
  private void cutBlock(long end) {
    int keep = inBlock(end);
    Block block = blocks.get(index(end));
    if (keep > 0 && block != null && block != Block.RESERVED && block.capacity() > keep) {
      replace(index(end), block, block.writable(owner, keep));
    }
  }

  /** Takes the size of the file that this one is a copy of, which is charged already: one hole. */
  void copySize(long original) {
    size = original;
  }

  /** Makes the contents those of another file, which nobody changes any more; they share blocks. */
  void share(RegularRecord original, StorageLedger ledger) {
    ledger.charge(original.size - size, 0, original.blockBytes - blockBytes);
    size = original.size;
    blocks = original.blocks;
    blockBytes = original.blockBytes;
  }

  void allocate(AllocateMode mode, long position, long length, StorageLedger ledger) {
    if (position < 0 || length <= 0) {
      throw EINVAL.exception();
    }
    if (length > Long.MAX_VALUE - position) {
      throw EFBIG.exception();
    }
    long end = position + length;
    switch (mode) {
      case RESERVE, RESERVE_KEEP_SIZE -> reserve(mode, position, end, ledger);
      case ZERO_RANGE, ZERO_RANGE_KEEP_SIZE -> {
        reserve(mode, position, end, ledger);
        zero(position, end, ledger, Block.RESERVED);
      }
      case PUNCH_HOLE -> zero(position, end, ledger, null);
      case COLLAPSE_RANGE -> collapse(position, end, ledger);
      case INSERT_RANGE -> insert(position, length, ledger);
    }
  }

  private void reserve(AllocateMode mode, long position, long end, StorageLedger ledger) {
    boolean keepSize =
        mode == AllocateMode.RESERVE_KEEP_SIZE || mode == AllocateMode.ZERO_RANGE_KEEP_SIZE;
    long newSize = keepSize ? size : Math.max(size, end);
    long first = index(position);
    long behind = indexUp(end);
    Range present = present(first, behind);
    long absent = behind - first - present.count;
    long full = Block.residentBytes(Block.SIZE);
    if (absent > ledger.freeResidentBytes() / full) {
      throw ledger.full(absent);
    }
    long resident = (absent + present.count) * full - present.residentBytes;
    ledger.charge(newSize - size, 0, resident);
    for (long i = first; i < behind; i++) {
      Block block = blocks.get(i);
      if (block == null) {
        replace(i, null, Block.RESERVED);
      } else if (block.capacity() < Block.SIZE) {
        replace(i, block, block.writable(owner, Block.SIZE));
      }
    }
    size = newSize;
  }

  /** Zeros a range; {@code whole} takes the place of blocks that are wholly within. */
  private void zero(long position, long end, StorageLedger ledger, @Nullable Block whole) {
    long residentBefore = blockBytes;
    long firstWhole = indexUp(position);
    long behindWhole = index(end);
    if (firstWhole > behindWhole) {
      zeroInBlock(index(position), inBlock(position), inBlock(end));
    } else {
      zeroInBlock(index(position), inBlock(position), Block.SIZE);
      zeroInBlock(behindWhole, 0, inBlock(end));
      if (whole == null) {
        removeBlocks(firstWhole, behindWhole);
      } else {
        for (long i = firstWhole; i < behindWhole; i++) {
          replace(i, blocks.get(i), whole);
        }
      }
    }
    ledger.charge(0, 0, blockBytes - residentBefore);
  }

  private void zeroInBlock(long index, int from, int to) {
    Block block = blocks.get(index);
    boolean noneOrAll = from % Block.SIZE == to % Block.SIZE;
    if (noneOrAll || block == null || block == Block.RESERVED) {
      return;
    }
    Block after = block.writable(owner, block.capacity());
    after.zero(from, to);
    replace(index, block, after);
  }

  private void collapse(long position, long end, StorageLedger ledger) {
    if (inBlock(position) != 0 || inBlock(end) != 0 || end >= size) {
      throw EINVAL.exception();
    }
    long residentBefore = blockBytes;
    removeBlocks(index(position), index(end));
    shiftBlocks(index(end), index(position) - index(end));
    size -= end - position;
    ledger.charge(position - end, 0, blockBytes - residentBefore);
  }

  private void insert(long position, long length, StorageLedger ledger) {
    if (inBlock(position) != 0 || inBlock(length) != 0 || position >= size) {
      throw EINVAL.exception();
    }
    if (length > Long.MAX_VALUE - size) {
      throw EFBIG.exception();
    }
    ledger.charge(length, 0, 0);
    shiftBlocks(index(position), index(length));
    size += length;
  }

  private void shiftBlocks(long from, long distance) {
    PersistentRadix<Block>[] shifted = newHolder();
    blocks.visitFrom(
        0,
        (i, block) -> {
          shifted[0] = shifted[0].put(owner, i < from ? i : i + distance, block);
          return true;
        });
    blocks = shifted[0];
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array as a variable of a lambda
  private static PersistentRadix<Block>[] newHolder() {
    return new PersistentRadix[] {PersistentRadix.empty()};
  }

  long nextData(long position) {
    checkSeek(position);
    long[] found = {-1};
    blocks.visitFrom(
        index(position),
        (i, block) -> {
          if (block == Block.RESERVED) {
            return true;
          }
          found[0] = Math.max(position, i * Block.SIZE);
          return false;
        });
    if (found[0] < 0 || found[0] >= size) {
      throw ENXIO.exception();
    }
    return found[0];
  }

  long nextHole(long position) {
    checkSeek(position);
    long[] next = {index(position)};
    blocks.visitFrom(
        next[0],
        (i, block) -> {
          if (i != next[0] || block == Block.RESERVED) {
            return false;
          }
          next[0]++;
          return true;
        });
    return next[0] > index(size) ? size : Math.min(size, Math.max(position, next[0] * Block.SIZE));
  }

  private void checkSeek(long position) {
    if (position < 0 || position >= size) {
      throw ENXIO.exception();
    }
  }

  private void removeBlocks(long from, long to) {
    for (long i = blocks.ceilingKey(from); i >= 0 && i < to; i = blocks.ceilingKey(i)) {
      replace(i, blocks.get(i), null);
    }
  }

  private void replace(long index, @Nullable Block before, @Nullable Block after) {
    blockBytes +=
        (after == null ? 0 : after.residentBytes()) - (before == null ? 0 : before.residentBytes());
    if (after == null) {
      blocks = blocks.remove(owner, index);
    } else if (after != before) {
      blocks = blocks.put(owner, index, after);
    }
  }

  private Range present(long first, long behind) {
    Range range = new Range();
    blocks.visitFrom(
        first,
        (i, block) -> {
          if (i >= behind) {
            return false;
          }
          range.count++;
          range.residentBytes += block.residentBytes();
          return true;
        });
    return range;
  }

  private static long index(long position) {
    return position / Block.SIZE;
  }

  private static long indexUp(long position) {
    return position / Block.SIZE + (position % Block.SIZE == 0 ? 0 : 1);
  }

  private static int inBlock(long position) {
    return (int) (position % Block.SIZE);
  }

  /** What is in a range of blocks. */
  private static final class Range {
    private long count;
    private long residentBytes;
  }
}
