package io.vivarium.wasm.wasi;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a preview 1 program that was given some and shall get no further: preopens are
 * ordinary descriptors from 3 on, paths are relative to a directory descriptor and must stay below
 * it, whatever {@code ..} and symlinks say.
 *
 * <p>Source: WASI preview 1, {@code path_open} and errno {@code notcapable}.
 */
public final class GrantedDirectories implements Directories {
  private final Map<Integer, String> names;

  /** Preopens by descriptor; the descriptors are open. */
  public GrantedDirectories(Map<Integer, String> names) {
    this.names = new HashMap<>(names);
  }

  @Override
  public @Nullable String preopened(int fd) {
    return names.get(fd);
  }

  @Override
  public At resolve(int fd, String path) {
    Directories.descriptor(fd);
    if (Directories.isAbsolute(path)) {
      throw WasiError.NOTCAPABLE;
    }
    return new At(fd, path);
  }

  @Override
  public boolean confined() {
    return true;
  }

  @Override
  public void closed(int fd) {
    names.remove(fd);
  }

  @Override
  public void renumbered(int from, int to) {
    String name = names.remove(from);
    if (name == null) {
      names.remove(to);
    } else {
      names.put(to, name);
    }
  }
}
