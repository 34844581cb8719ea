package io.vivarium.nio;

import io.vivarium.kernel.file.Opener;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.VirtualFileSystem;
import io.vivarium.kernel.user.Credentials;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/**
 * The tree of one machine as a Java file system: ordinary {@link java.nio.file.Files} calls read
 * and write what guests see, live, through all mounts.
 *
 * <p>Host code acts as uid 0. Paths are Unix paths; names that are not UTF-8 appear with surrogate
 * escapes and work. Attribute views: "basic", "posix", "owner", "unix" and "user" (extended
 * attributes in the {@code user.} namespace). There is no watch service. Closing this object has no
 * effect: the tree lives as long as its machine. Thread-safe.
 */
public final class MachineFileSystem extends FileSystem {
  private final MachineFileSystemProvider provider;
  private final VirtualFileSystem vfs;
  private final Opener opener;
  private final Credentials who;
  private final BooleanSupplier open;
  private final MachinePath root;

  /**
   * A view on a tree.
   *
   * @param vfs the tree
   * @param opener opens its files
   * @param who with whose permissions host code acts
   * @param open whether the machine is still alive
   */
  public MachineFileSystem(
      VirtualFileSystem vfs, Opener opener, Credentials who, BooleanSupplier open) {
    this.provider = new MachineFileSystemProvider(this);
    this.vfs = vfs;
    this.opener = opener;
    this.who = who;
    this.open = open;
    this.root = new MachinePath(this, true, List.of());
  }

  VirtualFileSystem vfs() {
    return vfs;
  }

  Opener opener() {
    return opener;
  }

  Credentials who() {
    return who;
  }

  MachinePath root() {
    return root;
  }

  Location start() {
    if (!open.getAsBoolean()) {
      throw new java.nio.file.ClosedFileSystemException();
    }
    return vfs.mounts().root();
  }

  @Override
  public MachineFileSystemProvider provider() {
    return provider;
  }

  @Override
  public void close() {}

  @Override
  public boolean isOpen() {
    return open.getAsBoolean();
  }

  @Override
  public boolean isReadOnly() {
    return vfs.mounts().root().mount().readOnly();
  }

  @Override
  public String getSeparator() {
    return "/";
  }

  @Override
  public Iterable<Path> getRootDirectories() {
    return List.of(root);
  }

  @Override
  public Iterable<FileStore> getFileStores() {
    return vfs.mounts().mounts().stream().<FileStore>map(MountFileStore::new).toList();
  }

  @Override
  public Set<String> supportedFileAttributeViews() {
    return Set.of("basic", "posix", "owner", "unix", "user");
  }

  @Override
  public MachinePath getPath(String first, String... more) {
    StringBuilder joined = new StringBuilder(first);
    for (String part : more) {
      if (!part.isEmpty()) {
        if (!joined.isEmpty()) {
          joined.append('/');
        }
        joined.append(part);
      }
    }
    return MachinePath.parse(this, joined.toString());
  }

  @Override
  public PathMatcher getPathMatcher(String syntaxAndPattern) {
    int colon = syntaxAndPattern.indexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException(
          "A path matcher is glob:PATTERN or regex:PATTERN, not " + syntaxAndPattern);
    }
    String syntax = syntaxAndPattern.substring(0, colon);
    String pattern = syntaxAndPattern.substring(colon + 1);
    Pattern compiled =
        switch (syntax.toLowerCase(java.util.Locale.ROOT)) {
          case "glob" -> Globs.compile(pattern);
          case "regex" -> Pattern.compile(pattern);
          default ->
              throw new UnsupportedOperationException(
                  "Path matchers know glob and regex, not " + syntax);
        };
    return path -> compiled.matcher(path.toString()).matches();
  }

  @Override
  public UserPrincipalLookupService getUserPrincipalLookupService() {
    return NumericPrincipals.LOOKUP;
  }

  @Override
  public WatchService newWatchService() {
    throw new UnsupportedOperationException("A machine's tree has no watch service");
  }
}
