package io.vivarium.kernel.file;

import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Operations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What open(2) does to a file, for each combination of flags. */
final class Opening implements Operations {
  private static final Opening[] ALL = new Opening[1 << 3];

  private static final int READS = 1;
  private static final int WRITES = 2;
  private static final int TRUNCATES = 4;

  static {
    for (int bits = 0; bits < ALL.length; bits++) {
      ALL[bits] = new Opening(bits);
    }
  }

  private final List<FileOperation> onFiles;

  private Opening(int bits) {
    List<FileOperation> operations = new ArrayList<>();
    if ((bits & READS) != 0) {
      operations.add(FileOperation.READ);
    }
    if ((bits & (WRITES | TRUNCATES)) != 0) {
      operations.add(FileOperation.WRITE);
    }
    if ((bits & TRUNCATES) != 0) {
      operations.add(FileOperation.TRUNCATE);
    }
    // The access mode 3, which neither reads nor writes, is for asking devices.
    this.onFiles = operations.isEmpty() ? List.of(FileOperation.STAT) : List.copyOf(operations);
  }

  /** For flags of open(2). */
  static Opening with(int flags) {
    int bits = OpenFlags.reads(flags) ? READS : 0;
    bits |= OpenFlags.writes(flags) ? WRITES : 0;
    bits |= (flags & OpenFlags.O_TRUNC) != 0 ? TRUNCATES : 0;
    return ALL[bits];
  }

  @Override
  public List<FileOperation> on(@Nullable FileType type) {
    return type == FileType.DIRECTORY ? FileOperation.READDIR.on(type) : onFiles;
  }
}
