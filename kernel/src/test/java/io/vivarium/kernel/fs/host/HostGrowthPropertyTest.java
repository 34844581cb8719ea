package io.vivarium.kernel.fs.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.oracle.InodeTree;
import io.vivarium.kernel.fs.oracle.Operation;
import io.vivarium.kernel.fs.oracle.RandomOperations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever guests do in a mounted directory of the host: after every step its growth is what the
 * host's own files tell (as du(1) counts, and what is open without a name), and within the limit; a
 * step that found no room changed nothing.
 */
@EnabledOnOs(OS.LINUX)
class HostGrowthPropertyTest {
  private static final int STEPS = 60;
  private static final int SEEDS = 40;
  private static final long LIMIT = 40_000;

  @TempDir Path directory;

  private static final class Experiment implements RandomOperations.Experiment {
    private final Path host;
    private final HostDirectoryFileSystem files;
    private final InodeTree tree;
    private final long atFirst;

    Experiment(Path host) {
      try {
        this.host = Files.createTempDirectory(host, "growth");
        Files.write(this.host.resolve("a"), new byte[10_000]);
        Files.createLink(this.host.resolve("b"), this.host.resolve("a"));
        Files.createDirectory(this.host.resolve("c"));
        Files.write(this.host.resolve("c/d"), new byte[3000]);
        this.files =
            HostDirectoryFileSystem.open(
                this.host, HostDirectoryOptions.defaults().ownedBy(0, 0).withGrowth(LIMIT));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      this.tree = new InodeTree(files);
      this.atFirst = measured();
    }

    @Override
    public void step(Operation operation) {
      List<String> before = tree.describe();
      long measured = measured();
      if (operation.run(tree).equals("ENOSPC")) {
        assertThat(tree.describe()).as("tree after %s", operation).isEqualTo(before);
        assertThat(measured()).as("use after %s", operation).isEqualTo(measured);
      }
      check();
    }

    private void check() {
      assertThat(files.growth().used()).isEqualTo(measured() - atFirst).isLessThanOrEqualTo(LIMIT);
    }

    private long measured() {
      Set<Object> seen = new HashSet<>();
      long[] sum = new long[1];
      try (Stream<Path> paths = Files.walk(host)) {
        for (Path path : (Iterable<Path>) paths::iterator) {
          sum[0] += GrowthLimit.NAME_BYTES;
          if (Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
              && seen.add(Files.getAttribute(path, "unix:ino"))) {
            sum[0] += Files.size(path);
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      for (Inode open : new HashSet<>(tree.open())) {
        if (open.type() == FileType.REGULAR && open.stat().links() == 0) {
          sum[0] += open.size();
        }
      }
      return sum[0];
    }

    @Override
    public void close() {
      tree.close();
      check();
      files.close();
      try (Stream<Path> paths = Files.walk(host)) {
        for (Path path : paths.toList().reversed()) {
          Files.delete(path);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Test
  void growth_is_what_the_host_measures() {
    new RandomOperations(STEPS).run(1, SEEDS, () -> new Experiment(directory));
  }
}
