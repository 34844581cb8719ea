package io.vivarium.kernel.fs.nio;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOMEM;

import io.vivarium.kernel.errno.ErrnoException;
import io.vivarium.kernel.fs.DirectoryVisitor;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The names of a directory at one moment, in the order of their cookies. A cookie is made of the
 * name alone, so it means the same in every listing of the directory: whoever goes on behind one
 * misses nothing and sees nothing twice, however often the directory was listed anew in between.
 */
final class NioListing {
  /** The most names of a directory that are held in memory at once. */
  private static final int MOST_ENTRIES = 1 << 20;

  /** Makes cookies hard to foresee, so nobody can make names whose cookies collide. */
  private static final long SEED = ThreadLocalRandom.current().nextLong();

  private final List<Entry> entries;

  private NioListing(List<Entry> entries) {
    this.entries = entries;
  }

  private record Entry(long cookie, String name) {}

  /** Lists a directory; ENOMEM for one with more than a million entries. */
  static NioListing of(Path directory) throws IOException {
    List<Entry> entries = new ArrayList<>();
    try (DirectoryStream<Path> paths = Files.newDirectoryStream(directory)) {
      for (Path path : paths) {
        String name = ProviderNames.nameOf(path);
        if (name != null) {
          entries.add(new Entry(hash(name), name));
        }
        if (entries.size() > MOST_ENTRIES) {
          throw ENOMEM.exception();
        }
      }
    }
    entries.sort(Comparator.comparingLong(Entry::cookie).thenComparing(Entry::name));
    for (int i = 1; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      long previous = entries.get(i - 1).cookie();
      if (entry.cookie() <= previous) {
        entries.set(i, new Entry(previous + 1, entry.name()));
      }
    }
    return new NioListing(entries);
  }

  /** A positive number of 62 bits. */
  private static long hash(String name) {
    long hash = SEED;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * 0x9e3779b97f4a7c15L;
      hash ^= hash >>> 29;
    }
    hash = (hash ^ (hash >>> 32)) * 0xd6e8feb86659fd93L;
    return ((hash ^ (hash >>> 32)) >>> 2) | 1;
  }

  /**
   * Visits the entries behind a cookie that still exist.
   *
   * @return whether the visitor had enough before the end
   */
  boolean visit(long cookie, NioDirectory directory, DirectoryVisitor visitor) {
    for (int i = firstBehind(cookie); i < entries.size(); i++) {
      Entry entry = entries.get(i);
      FileType type = FileType.REGULAR;
      long number = entry.cookie();
      try {
        Inode inode = directory.lookup(entry.name());
        type = inode.type();
        number = inode.ino();
      } catch (ErrnoException e) {
        if (e.errno() == ENOENT) {
          continue;
        }
        // It is there, but the provider tells nothing about it.
      }
      if (!visitor.entry(entry.name(), number, type, entry.cookie())) {
        return true;
      }
    }
    return false;
  }

  private int firstBehind(long cookie) {
    int low = 0;
    int high = entries.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (entries.get(middle).cookie() <= cookie) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
