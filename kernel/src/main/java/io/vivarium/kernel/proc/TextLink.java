package io.vivarium.kernel.proc;

import io.vivarium.kernel.fs.FileType;
import java.util.function.Supplier;

/** An ordinary symlink whose target depends on who asks: /proc/self. */
final class TextLink extends ProcInode {
  private final Supplier<String> target;

  TextLink(ProcFileSystem fileSystem, long ino, Supplier<String> target) {
    super(fileSystem, ino, FileType.SYMLINK, 0777, null);
    this.target = target;
  }

  @Override
  public String readLink() {
    return target.get();
  }
}
