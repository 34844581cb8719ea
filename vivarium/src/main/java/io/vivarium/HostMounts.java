package io.vivarium;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryFileSystem;
import io.vivarium.kernel.fs.host.HostDirectoryOptions;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.fs.nio.NioFileSystem;
import io.vivarium.kernel.fs.nio.NioOptions;
import io.vivarium.kernel.fs.overlay.LowerLayers;
import io.vivarium.kernel.fs.overlay.OverlayFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens what {@link Mount} describes. */
final class HostMounts {
  private HostMounts() {}

  static FileSystem directory(Path directory, long growth, boolean readOnly) {
    HostDirectoryOptions options = HostDirectoryOptions.defaults().withGrowth(growth);
    try {
      return HostDirectoryFileSystem.open(directory, readOnly ? options.asReadOnly() : options);
    } catch (IOException | IllegalArgumentException | UnsupportedOperationException e) {
      throw new VivariumException("Cannot mount " + directory + ": " + e.getMessage(), e);
    }
  }

  static FileSystem nio(Path directory, boolean readOnly) {
    NioOptions options = NioOptions.defaults();
    try {
      return NioFileSystem.open(directory, readOnly ? options.asReadOnly() : options);
    } catch (IOException | RuntimeException e) { // A provider may throw anything.
      throw new VivariumException("Cannot mount " + directory + ": " + e.getMessage(), e);
    }
  }

  static FileSystem overlay(long bytes, long inodes, List<Mount> trees) {
    List<FileSystem> opened = new ArrayList<>();
    boolean complete = false;
    try {
      for (Mount tree : trees) {
        opened.add(tree.open());
      }
      FileSystem overlay =
          new OverlayFileSystem(LowerLayers.owning(opened), StorageLimits.of(bytes, inodes));
      complete = true;
      return overlay;
    } finally {
      if (!complete) {
        opened.forEach(FileSystem::close);
      }
    }
  }

  static FileSystem memory(long bytes, long inodes) {
    return new MemoryFileSystem(StorageLimits.of(bytes, inodes));
  }
}
