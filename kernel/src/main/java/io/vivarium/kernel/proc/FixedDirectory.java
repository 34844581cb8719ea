package io.vivarium.kernel.proc;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.process.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A directory with the same entries for as long as it exists. Inode numbers follow its own. */
class FixedDirectory extends ProcDirectory {
  static final int READABLE = 0444;
  private static final int SEARCHABLE = 0555;

  private final @Nullable Process owner;
  private final List<Entry> entries = new ArrayList<>();

  FixedDirectory(
      ProcFileSystem fileSystem,
      long ino,
      @Nullable Process owner,
      @Nullable ProcDirectory parent,
      String name) {
    super(fileSystem, ino, SEARCHABLE, owner, parent, name);
    this.owner = owner;
  }

  @Override
  List<Entry> entries() {
    return entries;
  }

  final void file(String name, Supplier<String> text) {
    file(name, READABLE, text);
  }

  final void file(String name, int permissions, Supplier<String> text) {
    add(name, FileType.REGULAR, ino -> new TextFile(proc(), ino, permissions, owner, text));
  }

  /** A file with one line. */
  final void line(String name, Supplier<Object> value) {
    file(name, () -> value.get() + "\n");
  }

  final void link(String name, Supplier<String> target) {
    add(name, FileType.SYMLINK, ino -> new TextLink(proc(), ino, target));
  }

  /** A directory of which there is one object for as long as this one exists. */
  final void directory(ProcDirectory directory, String name) {
    entries.add(
        new Entry(name, directory.ino(), FileType.DIRECTORY, entries.size() + 1, () -> directory));
  }

  final void add(String name, FileType type, Function<Long, ProcInode> make) {
    long ino = ino() + entries.size() + 1;
    entries.add(new Entry(name, ino, type, entries.size() + 1, () -> make.apply(ino)));
  }
}
