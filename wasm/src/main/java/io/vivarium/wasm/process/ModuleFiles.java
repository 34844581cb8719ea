package io.vivarium.wasm.process;

import static io.vivarium.kernel.errno.Errno.EFBIG;
import static io.vivarium.kernel.errno.Errno.EIO;
import static io.vivarium.kernel.errno.Errno.ENOEXEC;
import static io.vivarium.kernel.errno.Errno.ENOMEM;

import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.limit.Gauge;
import io.vivarium.wasm.engine.CompileAllowance;
import io.vivarium.wasm.engine.GuestModule;
import io.vivarium.wasm.engine.InvalidModule;
import io.vivarium.wasm.engine.MemoryAdmission;
import io.vivarium.wasm.engine.Metering;
import io.vivarium.wasm.engine.ModuleDigest;
import io.vivarium.wasm.engine.ModuleTooCostly;
import io.vivarium.wasm.engine.WasmEngine;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * From files to modules. The engine keeps modules by digest; what is remembered here is the digest
 * of a file, for as long as its size and times are the same, so that running a command again reads
 * nothing. Thread-safe.
 */
final class ModuleFiles {
  /** How many files a machine remembers the digest of; the longest unused goes. */
  private static final int MAX_REMEMBERED = 1024;

  /**
   * A file.
   *
   * @param device its file system
   * @param ino its number there
   */
  private record FileId(long device, long ino) {}

  /**
   * What a file was when it was read. The change time cannot be set by guests.
   *
   * @param digest of its contents
   */
  private record Known(long size, long modified, long changed, ModuleDigest digest) {
    boolean stillIs(Stat stat) {
      return stat.size() == size
          && stat.modificationTime() == modified
          && stat.changeTime() == changed;
    }
  }

  private final WasmEngine engine;
  private final Gauge size;
  private final MemoryAdmission memory;
  private final Metering metering;
  private final CompileAllowance costs;

  // Guarded by itself.
  private final Map<FileId, Known> known =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<FileId, Known> eldest) {
          return size() > MAX_REMEMBERED;
        }
      };

  /**
   * The modules of a machine.
   *
   * @param size says how many bytes a module may have, and hears how many they have
   * @param memory asked for the memory of a module while it is loaded
   * @param metering the form in which modules are loaded
   * @param costs what it may take to make a module ready
   */
  ModuleFiles(
      WasmEngine engine,
      Gauge size,
      MemoryAdmission memory,
      Metering metering,
      CompileAllowance costs) {
    this.costs = costs;
    this.engine = engine;
    this.size = size;
    this.memory = memory;
    this.metering = metering;
  }

  /**
   * The module a file holds.
   *
   * @throws io.vivarium.kernel.errno.ErrnoException ENOEXEC when it is none that the engine runs,
   *     EFBIG when it is too large or takes too long to check, ENOMEM when there is no memory to
   *     check it, EIO
   */
  GuestModule load(Inode file) {
    long bytes = file.size();
    if (bytes > size.capacity()) {
      size.refused(bytes);
      throw EFBIG.exception();
    }
    size.set(bytes);
    try (Room room = new Room()) {
      return load(file, room);
    }
  }

  /**
   * Memory for the bytes of modules while one is loaded. Guests make large files that cost them
   * nothing, and start them from many processes at once.
   */
  private final class Room implements AutoCloseable {
    private long taken;

    void take(long bytes) {
      if (bytes > 0 && !memory.tryAcquire(bytes)) {
        memory.refused(bytes);
        throw ENOMEM.exception();
      }
      taken += bytes;
    }

    @Override
    public void close() {
      if (taken > 0) {
        memory.release(taken);
      }
    }
  }

  private GuestModule load(Inode file, Room room) {
    try {
      if (file instanceof DigestSource source) {
        return engine.load(source.moduleDigest(), () -> read(file, room), metering, costs);
      }
      Stat stat = file.stat();
      FileId id = new FileId(stat.device(), stat.inode());
      Known remembered;
      synchronized (known) {
        remembered = known.get(id);
      }
      if (remembered != null && remembered.stillIs(stat)) {
        return engine.load(
            remembered.digest(),
            () -> readExpecting(file, remembered.digest(), room),
            metering,
            costs);
      }
      byte[] bytes = read(file, room);
      ModuleDigest digest = ModuleDigest.of(bytes);
      GuestModule module = engine.load(digest, () -> bytes, metering, costs);
      remember(id, stat, file.stat(), digest);
      return module;
    } catch (ModuleTooCostly e) {
      throw (e.memory() ? ENOMEM : EFBIG).exception();
    } catch (InvalidModule e) {
      throw ENOEXEC.exception();
    } catch (IOException e) {
      throw EIO.exception();
    }
  }

  /** Remembers a digest unless the file changed while it was read. */
  private void remember(FileId id, Stat before, Stat after, ModuleDigest digest) {
    Known entry = new Known(before.size(), before.modificationTime(), before.changeTime(), digest);
    if (entry.stillIs(after)) {
      synchronized (known) {
        known.put(id, entry);
      }
    }
  }

  /** Reads a file that is believed to have a digest; the engine must not be told otherwise. */
  private byte[] readExpecting(Inode file, ModuleDigest digest, Room room) throws IOException {
    byte[] bytes = read(file, room);
    if (!ModuleDigest.of(bytes).equals(digest)) {
      throw new IOException("the file changed");
    }
    return bytes;
  }

  private byte[] read(Inode file, Room room) {
    long present = file.size();
    if (present > size.capacity()) {
      throw EFBIG.exception();
    }
    room.take(present);
    byte[] bytes = new byte[(int) present];
    int length = 0;
    while (length < bytes.length) {
      int count = file.read(length, bytes, length, bytes.length - length);
      if (count == 0) {
        return Arrays.copyOf(bytes, length);
      }
      length += count;
    }
    return bytes;
  }
}
