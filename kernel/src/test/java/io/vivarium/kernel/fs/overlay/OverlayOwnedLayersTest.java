package io.vivarium.kernel.fs.overlay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.nio.NioFileSystem;
import io.vivarium.kernel.fs.nio.NioOptions;
import io.vivarium.kernel.limit.StorageLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An overlay over file systems that hold something of the host: when they open and close it. */
class OverlayOwnedLayersTest {
  private static final StorageLimits AMPLE = StorageLimits.of(1L << 30, 1L << 20);

  private java.nio.file.FileSystem provider;
  private NioFileSystem lower;
  private Watched watched;

  /** A file system that tells whether it was closed. */
  private static final class Watched extends FileSystem {
    private final FileSystem files;
    private int closed;

    Watched(FileSystem files) {
      this.files = files;
    }

    @Override
    public String type() {
      return files.type();
    }

    @Override
    public Inode root() {
      return files.root();
    }

    @Override
    public StatFs statFs() {
      return files.statFs();
    }

    @Override
    public void close() {
      closed++;
      files.close();
    }
  }

  @BeforeEach
  void make_a_lower_tree() throws IOException {
    provider =
        Jimfs.newFileSystem(Configuration.unix().toBuilder().setAttributeViews("unix").build());
    Path top = Files.createDirectory(provider.getPath("/top"));
    Files.writeString(Files.createDirectory(top.resolve("d")).resolve("f"), "lower text");
    lower = NioFileSystem.open(top, NioOptions.defaults().asReadOnly());
    watched = new Watched(lower);
  }

  @AfterEach
  void close_the_provider() throws IOException {
    provider.close();
  }

  private OverlayFileSystem overlay() {
    return new OverlayFileSystem(LowerLayers.owning(List.of(watched)), AMPLE);
  }

  private static String text(Inode file) {
    byte[] bytes = new byte[(int) file.size()];
    int count = file.read(0, bytes, 0, bytes.length);
    return new String(bytes, 0, count, UTF_8);
  }

  private static Inode file(OverlayFileSystem overlay) {
    return overlay.root().lookup("d").lookup("f");
  }

  @Test
  void lower_file_is_open_for_as_long_as_the_file_is() {
    OverlayFileSystem overlay = overlay();
    Inode f = file(overlay);
    f.prepareOpen(0);
    f.opened();
    assertThat(text(f)).isEqualTo("lower text");
    assertThat(lower.openChannels()).isEqualTo(1);
    f.closed();
    assertThat(lower.openChannels()).isZero();
  }

  @Test
  void lower_file_is_closed_after_it_was_copied_up_by_a_user() {
    OverlayFileSystem overlay = overlay();
    Inode f = file(overlay);
    f.opened();
    f.write(0, "UPPER".getBytes(UTF_8), 0, 5);
    assertThat(text(f)).isEqualTo("UPPER text");
    f.closed();
    assertThat(lower.openChannels()).isZero();
    f.opened();
    assertThat(text(f)).isEqualTo("UPPER text");
    assertThat(lower.openChannels()).isZero();
    f.closed();
  }

  @Test
  void lower_trees_are_closed_with_the_last_overlay_over_them() {
    OverlayFileSystem overlay = overlay();
    overlay.close();
    overlay.close();
    assertThat(watched.closed).isEqualTo(1);
  }

  @Test
  void fork_keeps_the_lower_trees_open() {
    OverlayFileSystem overlay = overlay();
    OverlaySnapshot snapshot = overlay.snapshot();
    overlay.close();
    try (OverlayFileSystem fork = snapshot.fork()) {
      assertThat(text(file(fork))).isEqualTo("lower text");
      file(fork).write(0, "mine".getBytes(UTF_8), 0, 4);
    }
    try (OverlayFileSystem second = snapshot.fork()) {
      assertThat(text(file(second))).isEqualTo("lower text");
      assertThat(watched.closed).isZero();
    }
  }
}
