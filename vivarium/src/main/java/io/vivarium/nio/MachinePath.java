package io.vivarium.nio;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Unix path in a machine: absolute or not, and its names. Immutable. */
final class MachinePath implements Path {
  private final MachineFileSystem fileSystem;
  private final boolean absolute;
  private final List<String> names;

  MachinePath(MachineFileSystem fileSystem, boolean absolute, List<String> names) {
    this.fileSystem = fileSystem;
    this.absolute = absolute;
    this.names = names;
  }

  static MachinePath parse(MachineFileSystem fileSystem, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new InvalidPathException(text.replace("\0", "\\0"), "A path cannot hold a NUL");
    }
    boolean absolute = text.startsWith("/");
    List<String> names = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      int slash = text.indexOf('/', at);
      int end = slash < 0 ? text.length() : slash;
      if (end > at) {
        names.add(text.substring(at, end));
      }
      at = end + 1;
    }
    if (names.isEmpty() && !absolute) {
      names.add("");
    }
    return new MachinePath(fileSystem, absolute, List.copyOf(names));
  }

  /** The path as text that the kernel understands: never empty. */
  String guest() {
    String text = toString();
    return text.isEmpty() ? "." : text;
  }

  @Override
  public MachineFileSystem getFileSystem() {
    return fileSystem;
  }

  @Override
  public boolean isAbsolute() {
    return absolute;
  }

  @Override
  public @Nullable MachinePath getRoot() {
    return absolute ? fileSystem.root() : null;
  }

  @Override
  public @Nullable MachinePath getFileName() {
    return names.isEmpty() ? null : relative(names.subList(names.size() - 1, names.size()));
  }

  @Override
  public @Nullable MachinePath getParent() {
    if (names.isEmpty() || (names.size() == 1 && !absolute)) {
      return null;
    }
    return new MachinePath(fileSystem, absolute, names.subList(0, names.size() - 1));
  }

  @Override
  public int getNameCount() {
    return names.size();
  }

  @Override
  public MachinePath getName(int index) {
    return subpath(index, index + 1);
  }

  @Override
  public MachinePath subpath(int beginIndex, int endIndex) {
    if (beginIndex < 0 || endIndex > names.size() || beginIndex >= endIndex) {
      throw new IllegalArgumentException(
          "No names " + beginIndex + " to " + endIndex + " in " + this);
    }
    return relative(names.subList(beginIndex, endIndex));
  }

  @Override
  public boolean startsWith(Path other) {
    return other instanceof MachinePath that
        && that.fileSystem == fileSystem
        && that.absolute == absolute
        && that.names.size() <= names.size()
        && names.subList(0, that.names.size()).equals(that.names);
  }

  @Override
  public boolean endsWith(Path other) {
    if (!(other instanceof MachinePath that) || that.fileSystem != fileSystem) {
      return false;
    }
    if (that.absolute) {
      return equals(that);
    }
    int size = that.names.size();
    return size <= names.size()
        && names.subList(names.size() - size, names.size()).equals(that.names);
  }

  @Override
  public MachinePath normalize() {
    List<String> normal = new ArrayList<>();
    for (String name : names) {
      if (name.equals("..") && !normal.isEmpty() && !normal.getLast().equals("..")) {
        normal.removeLast();
      } else if (!name.equals(".") && !(name.equals("..") && absolute)) {
        normal.add(name);
      }
    }
    if (normal.isEmpty() && !absolute) {
      normal.add("");
    }
    return new MachinePath(fileSystem, absolute, List.copyOf(normal));
  }

  @Override
  public MachinePath resolve(Path other) {
    MachinePath that = of(other);
    if (that.absolute || isEmpty()) {
      return that;
    }
    if (that.isEmpty()) {
      return this;
    }
    List<String> joined = new ArrayList<>(names);
    joined.addAll(that.names);
    return new MachinePath(fileSystem, absolute, List.copyOf(joined));
  }

  @Override
  public MachinePath relativize(Path other) {
    MachinePath that = of(other);
    if (that.absolute != absolute) {
      throw new IllegalArgumentException("Only one of " + this + " and " + that + " is absolute");
    }
    List<String> from = isEmpty() ? List.of() : names;
    List<String> to = that.isEmpty() ? List.of() : that.names;
    int common = 0;
    while (common < from.size() && common < to.size() && from.get(common).equals(to.get(common))) {
      common++;
    }
    List<String> steps = new ArrayList<>();
    for (int i = common; i < from.size(); i++) {
      steps.add("..");
    }
    steps.addAll(to.subList(common, to.size()));
    return relative(steps.isEmpty() ? List.of("") : steps);
  }

  @Override
  public URI toUri() {
    try {
      return new URI("vivarium", null, toAbsolutePath().toString(), null);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public MachinePath toAbsolutePath() {
    return absolute ? this : fileSystem.root().resolve(this);
  }

  @Override
  public MachinePath toRealPath(LinkOption... options) throws IOException {
    return fileSystem.provider().realPath(this, options);
  }

  @Override
  public WatchKey register(
      WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
    throw new UnsupportedOperationException("A machine's tree has no watch service");
  }

  @Override
  public int compareTo(Path other) {
    return toString().compareTo(((MachinePath) other).toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof MachinePath that
        && that.fileSystem == fileSystem
        && that.absolute == absolute
        && that.names.equals(names);
  }

  @Override
  public int hashCode() {
    return 31 * names.hashCode() + Boolean.hashCode(absolute);
  }

  @Override
  public String toString() {
    return (absolute ? "/" : "") + String.join("/", names);
  }

  private boolean isEmpty() {
    return !absolute && names.size() == 1 && names.getFirst().isEmpty();
  }

  private MachinePath relative(List<String> part) {
    return new MachinePath(fileSystem, false, List.copyOf(part));
  }

  private MachinePath of(Path path) {
    if (path instanceof MachinePath that && that.fileSystem == fileSystem) {
      return that;
    }
    throw new ProviderMismatchException(path + " is not a path of this machine");
  }
}
