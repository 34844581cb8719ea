package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import io.vivarium.wasm.engine.ModuleDigest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The modules of the host that run in a machine: copies in a file system of their own, which guests
 * cannot change and which takes nothing of their storage. Thread-safe.
 */
final class HostModules {
  private static final String PLACE = "/run/modules";
  private static final int MODE = 0555;

  private final Kernel kernel;
  private final MachineState state;
  private final Set<String> placed = new HashSet<>();
  private @Nullable MemoryFileSystem copies;

  HostModules(Kernel kernel, MachineState state) {
    this.kernel = kernel;
    this.state = state;
  }

  /**
   * The path in the machine of a copy of a module.
   *
   * @throws VivariumException when it cannot be read
   */
  synchronized String place(Path file) {
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new VivariumException("Cannot read the module " + file + ": " + e.getMessage(), e);
    }
    String name = ModuleDigest.of(bytes).hex() + ".wasm";
    if (placed.add(name)) {
      Inode copy = copies().root().create(name, NewInode.regular(MODE, 0, 0));
      int length = 0;
      while (length < bytes.length) {
        length += copy.write(length, bytes, length, bytes.length - length);
      }
    }
    return PLACE + "/" + name;
  }

  private MemoryFileSystem copies() {
    MemoryFileSystem present = copies;
    if (present == null) {
      MemoryFileSystem made = new MemoryFileSystem(StorageLimits.unlimited());
      state.mount(kernel, PLACE, Mount.of(() -> made).readOnly());
      copies = made;
      present = made;
    }
    return present;
  }
}
