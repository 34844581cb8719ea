package io.vivarium.wasm.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import run.endive.wasm.Version;

/**
 * Compiled modules on disk, shared by all JVMs of a user. One file per module, named by the digest
 * of the module and by what made the code; it appears complete, by renaming, or not at all. A
 * damaged file is deleted, which makes it absent. Thread-safe, and safe among processes.
 *
 * <p>Failing to keep something is no failure of the engine: it is logged, and the code compiled
 * again some day.
 */
final class CodeCache {
  /** Says what code depends on besides the module. */
  private static final String SUFFIX =
      String.join(
          "-",
          "",
          Version.version(),
          Integer.toString(CodeImage.FORMAT),
          Integer.toString(GuestCompiler.FUNCTIONS_PER_CLASS).concat(".code"));

  /** How precisely the time of last use is known. */
  private static final Duration USE_PRECISION = Duration.ofHours(1);

  /** Most bytes of a file that are read: what one buffer holds. */
  private static final int MOST_FILE_BYTES = Integer.MAX_VALUE;

  private static final Duration STALE = Duration.ofDays(1);
  private static final Duration LOCK_POLL = Duration.ofMillis(20);

  private final Path directory;
  private final long maxBytes;
  private final AtomicBoolean complained = new AtomicBoolean();

  private CodeCache(Path directory, long maxBytes) {
    this.directory = directory;
    this.maxBytes = maxBytes;
  }

  /**
   * The cache in a directory, which is created if it is absent.
   *
   * @throws IOException when it can not be used safely
   */
  static CodeCache open(Path directory, long maxBytes) throws IOException {
    CacheDirectory.prepare(directory);
    return new CodeCache(directory, maxBytes);
  }

  private Path file(CodeKey key) {
    return directory.resolve(key.fileName().concat(SUFFIX));
  }

  /** Whether there is code of a module, intact or not. */
  boolean contains(CodeKey key) {
    return Files.isRegularFile(file(key));
  }

  // ---- reading --------------------------------------------------------------------------------

  /** The code of a module; null when there is none that is intact. */
  @Nullable CodeImage load(CodeKey key) {
    Path file = file(key);
    ByteBuffer bytes;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      bytes = read(channel);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException | OutOfMemoryError e) {
      EngineLog.failure(e, "can not read {} of the code cache", file);
      return null;
    }
    CodeImage image = CodeImage.decode(bytes, key);
    if (image == null) {
      EngineLog.warn("{} of the code cache is damaged and will be made again", file);
      delete(file);
      return null;
    }
    used(file);
    return image;
  }

  /**
   * All of a file, outside the heap, where the JVM can define classes from it without a copy.
   * Mapping the file would save nothing but a copy, and takes the JVM five times as long the first
   * time.
   */
  private static ByteBuffer read(FileChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocateDirect((int) Math.min(channel.size(), MOST_FILE_BYTES));
    int count = 0;
    while (bytes.hasRemaining() && count >= 0) {
      count = channel.read(bytes);
    }
    return bytes.flip();
  }

  /** Notes the time of use, for {@link #trim}. */
  private static void used(Path file) {
    try {
      Instant now = Instant.now();
      if (Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(USE_PRECISION))) {
        Files.setLastModifiedTime(file, FileTime.from(now));
      }
    } catch (IOException e) {
      EngineLog.debug("can not note the use of {}", file, e);
    }
  }

  // ---- writing --------------------------------------------------------------------------------

  /** Makes code that is not in the cache. */
  interface Maker {
    CodeImage make() throws CompilationFailed;
  }

  /**
   * The code of a module: what is there, or else what {@code maker} makes. While one process makes
   * it, others wait for the result.
   */
  @SuppressWarnings("try") // the lock is only held
  CodeImage loadOrMake(CodeKey key, Maker maker) throws CompilationFailed {
    try (FileChannel lockFile =
            FileChannel.open(
                directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = lock(lockFile, key)) {
      CodeImage present = load(key);
      if (present != null) {
        return present;
      }
      CodeImage made = maker.make();
      return store(key, made);
    } catch (IOException e) {
      complain(e);
      return maker.make();
    }
  }

  /** Locks one byte that stands for the module, in a file that no one reads or writes. */
  private static @Nullable FileLock lock(FileChannel file, CodeKey key) throws IOException {
    long place = Long.parseLong(key.digest().hex().substring(0, 15), 16);
    while (true) {
      try {
        FileLock lock = file.tryLock(place, 1, false);
        if (lock != null) {
          return lock;
        }
      } catch (OverlappingFileLockException e) {
        EngineLog.debug("another engine of this JVM is compiling {}", key);
      }
      try {
        Thread.sleep(LOCK_POLL);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return null;
      }
    }
  }

  private CodeImage store(CodeKey key, CodeImage made) {
    ByteBuffer bytes = made.encode(key);
    if (bytes.remaining() > maxBytes) {
      EngineLog.warn("the code of {} is larger than the whole code cache may be", key);
      return made;
    }
    Path temporary = null;
    try {
      temporary = Files.createTempFile(directory, key.fileName(), ".tmp");
      try (FileChannel out = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        out.force(true);
      }
      Files.move(temporary, file(key), StandardCopyOption.ATOMIC_MOVE);
      syncDirectory();
    } catch (IOException e) {
      complain(e);
      if (temporary != null) {
        delete(temporary);
      }
      return made;
    }
    trim();
    // What was read back is outside the heap.
    CodeImage kept = load(key);
    return kept == null ? made : kept;
  }

  /** Says once that code can not be kept: a full disk would fill the log too. */
  private void complain(IOException failure) {
    if (failure instanceof ClosedByInterruptException) {
      // The engine was closed meanwhile.
      EngineLog.debug("the code of a module was not kept", failure);
    } else if (complained.compareAndSet(false, true)) {
      EngineLog.failure(failure, "compiled code can not be kept in {}", directory);
    }
  }

  private void syncDirectory() throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (NoSuchFileException | java.nio.file.AccessDeniedException e) {
      EngineLog.debug("directories can not be synchronized here", e);
    }
  }

  // ---- bounding -------------------------------------------------------------------------------

  private record Entry(Path file, long bytes, FileTime used) {}

  /** Deletes what was not used for longest until the rest fits, and what crashes left behind. */
  void trim() {
    List<Entry> entries = new ArrayList<>();
    long total = 0;
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.{code,tmp}")) {
      for (Path file : files) {
        BasicFileAttributes attributes;
        try {
          attributes = Files.readAttributes(file, BasicFileAttributes.class);
        } catch (NoSuchFileException e) {
          continue;
        }
        Instant written = attributes.lastModifiedTime().toInstant();
        if (!file.toString().endsWith(".tmp")) {
          entries.add(new Entry(file, attributes.size(), attributes.lastModifiedTime()));
          total += attributes.size();
        } else if (written.isBefore(Instant.now().minus(STALE))) {
          delete(file);
        }
      }
    } catch (IOException e) {
      EngineLog.failure(e, "can not list the code cache {}", directory);
    }
    entries.sort(Comparator.comparing(Entry::used));
    for (Entry entry : entries) {
      if (total <= maxBytes) {
        break;
      }
      delete(entry.file());
      total -= entry.bytes();
    }
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      EngineLog.failure(e, "can not delete {} of the code cache", file);
    }
  }
}
