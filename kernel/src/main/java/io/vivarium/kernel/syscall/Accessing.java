package io.vivarium.kernel.syscall;

import io.vivarium.kernel.fs.Access;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Operations;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What access(2) asks about, for each combination of bits: the answer is that of doing it. */
final class Accessing implements Operations {
  private static final Accessing[] ALL = new Accessing[1 << 3];

  static {
    for (int wanted = 0; wanted < ALL.length; wanted++) {
      ALL[wanted] = new Accessing(wanted);
    }
  }

  private final List<FileOperation> onFiles;
  private final List<FileOperation> onDirectories;

  private Accessing(int wanted) {
    this.onFiles = operations(wanted, FileOperation.READ);
    this.onDirectories = operations(wanted, FileOperation.READDIR);
  }

  private static List<FileOperation> operations(int wanted, FileOperation reading) {
    List<FileOperation> operations = new ArrayList<>();
    if (wanted == 0) {
      operations.add(FileOperation.EXISTS);
    }
    if ((wanted & Access.READ) != 0) {
      operations.add(reading);
    }
    if ((wanted & Access.WRITE) != 0) {
      operations.add(FileOperation.WRITE);
    }
    if ((wanted & Access.EXECUTE) != 0) {
      operations.add(FileOperation.STAT);
    }
    return List.copyOf(operations);
  }

  /** For bits of {@link Access}, 0 for existence. */
  static Accessing with(int wanted) {
    return ALL[wanted];
  }

  @Override
  public List<FileOperation> on(@Nullable FileType type) {
    return type == FileType.DIRECTORY ? onDirectories : onFiles;
  }
}
