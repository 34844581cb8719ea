package io.vivarium.kernel.fs.overlay;

import static io.vivarium.kernel.errno.Errno.ENODATA;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.ENOSPC;
import static io.vivarium.kernel.errno.Errno.ENOTEMPTY;
import static io.vivarium.kernel.errno.Errno.EOPNOTSUPP;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.Stat;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.kernel.fs.memory.MemoryFileSystem;
import io.vivarium.kernel.limit.StorageLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an overlay does with lower trees, as its guests and its ledger see it. */
class OverlayLayersTest {
  private static final StorageLimits AMPLE = StorageLimits.of(1L << 30, 100_000);

  private final MemoryFileSystem lower = new MemoryFileSystem(AMPLE);
  private final MemoryFileSystem deeper = new MemoryFileSystem(AMPLE);

  private static Inode file(MemoryFileSystem tree, String path, String text) {
    return file(tree.root(), path, text);
  }

  private static Inode file(Inode root, String path, String text) {
    int slash = path.lastIndexOf('/');
    Inode directory = slash < 0 ? root : dir(root, path.substring(0, slash));
    Inode file = directory.create(path.substring(slash + 1), NewInode.regular(0644, 1, 2));
    byte[] bytes = text.getBytes(UTF_8);
    file.write(0, bytes, 0, bytes.length);
    return file;
  }

  private static Inode dir(Inode root, String path) {
    Inode at = root;
    for (String name : path.split("/", -1)) {
      Inode next = Upper.find(at, name);
      at = next == null ? at.create(name, NewInode.directory(0755, 1, 2)) : next;
    }
    return at;
  }

  private OverlayFileSystem overlay() {
    return overlay(AMPLE);
  }

  private OverlayFileSystem overlay(StorageLimits limits) {
    Inode top = lower.snapshot().readOnly().root();
    Inode bottom = deeper.snapshot().readOnly().root();
    return new OverlayFileSystem(LowerLayers.of(List.of(top, bottom)), limits);
  }

  private static Inode at(OverlayFileSystem overlay, String path) {
    Inode at = overlay.root();
    for (String name : path.split("/", -1)) {
      at = at.lookup(name);
    }
    return at;
  }

  private static String text(Inode file) {
    byte[] bytes = new byte[(int) file.size()];
    return new String(bytes, 0, file.read(0, bytes, 0, bytes.length), UTF_8);
  }

  private static List<String> names(Inode directory) {
    List<String> names = new ArrayList<>();
    directory.readDirectory(
        0,
        (name, ino, type, cookie) -> {
          names.add(name);
          return true;
        });
    return names;
  }

  private static void unlink(Inode directory, String name) {
    directory.unlink(name, directory.lookup(name));
  }

  private static void rename(Inode from, String oldName, Inode to, String newName) {
    from.rename(oldName, from.lookup(oldName), to, newName, Upper.find(to, newName), 0);
  }

  @Test
  void upper_layers_win_and_directories_merge() {
    file(lower, "d/both", "upper one");
    file(lower, "d/top", "t");
    file(deeper, "d/both", "hidden");
    file(deeper, "d/bottom", "b");
    OverlayFileSystem overlay = overlay();
    assertThat(text(at(overlay, "d/both"))).isEqualTo("upper one");
    assertThat(names(at(overlay, "d"))).containsExactlyInAnyOrder("both", "top", "bottom");
    file(overlay.root(), "d/new", "n");
    assertThat(names(at(overlay, "d"))).containsExactlyInAnyOrder("both", "top", "bottom", "new");
  }

  @Test
  void layers_hide_names_of_deeper_layers_with_whiteouts_and_opaque_directories() {
    NewInode whiteout = NewInode.node(FileType.CHARACTER_DEVICE, 0, 0, 0, 0);
    lower.root().create("gone", whiteout);
    dir(lower.root(), "opaque").setXattr(Marks.OPAQUE, Marks.YES, 0);
    file(lower, "opaque/mine", "m");
    file(lower, "covered", "a file");
    file(deeper, "gone", "x");
    file(deeper, "opaque/theirs", "t");
    file(deeper, "covered/below", "b");
    OverlayFileSystem overlay = overlay();
    assertThat(names(overlay.root())).containsExactlyInAnyOrder("opaque", "covered");
    assertThat(names(at(overlay, "opaque"))).containsExactly("mine");
    assertThat(text(at(overlay, "covered"))).isEqualTo("a file");
    assertFails(ENOENT, () -> at(overlay, "gone"));
    file(overlay.root(), "opaque/theirs", "new");
    assertThat(names(at(overlay, "opaque"))).containsExactlyInAnyOrder("mine", "theirs");
  }

  @Test
  void changing_attributes_copies_no_contents() {
    file(lower, "a/b/big", "x".repeat(100_000));
    OverlayFileSystem overlay = overlay();
    long before = overlay.ledger().bytes();
    Inode big = at(overlay, "a/b/big");
    Stat old = big.stat();
    big.setAttributes(AttributeChange.mode(0600));
    assertThat(overlay.ledger().bytes()).isEqualTo(before);
    Stat now = big.stat();
    assertThat(now.mode()).isEqualTo(0100600);
    assertThat(now.size()).isEqualTo(100_000);
    assertThat(now.blocks()).isEqualTo(old.blocks());
    assertThat(now.inode()).isEqualTo(old.inode());
    assertThat(now.modificationTime()).isEqualTo(old.modificationTime());
    assertThat(text(big)).hasSize(100_000);
  }

  @Test
  void copying_up_leaves_no_trace_on_the_directories_above() {
    file(lower, "a/b/f", "x");
    OverlayFileSystem overlay = overlay();
    List<Stat> before = List.of(at(overlay, "a").stat(), at(overlay, "a/b").stat());
    at(overlay, "a/b/f").setAttributes(AttributeChange.mode(0600));
    assertThat(List.of(at(overlay, "a").stat(), at(overlay, "a/b").stat())).isEqualTo(before);
    OverlayFileSystem fork = overlay.snapshot().fork();
    assertThat(at(fork, "a/b").stat().birthTime()).isEqualTo(before.get(1).birthTime());
    assertThat(at(fork, "a/b").ino()).isEqualTo(before.get(1).inode());
  }

  @Test
  void writing_copies_contents_once_and_shares_blocks_where_it_can() {
    file(lower, "f", "x".repeat(8 * 4096));
    OverlayFileSystem overlay = overlay();
    Inode f = at(overlay, "f");
    f.write(4096, new byte[] {'y'}, 0, 1);
    assertThat(overlay.usage().bytes()).isEqualTo(8 * 4096);
    assertThat(overlay.ledger().bytes()).isZero();
    assertThat(text(f)).isEqualTo("x".repeat(4096) + "y" + "x".repeat(7 * 4096 - 1));
    assertThat(text(lower.root().lookup("f"))).isEqualTo("x".repeat(8 * 4096));
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void sparse_files_stay_sparse_when_they_are_copied() {
    Inode sparse = lower.root().create("s", NewInode.regular(0644, 1, 2));
    sparse.write(50 * 4096, "end".getBytes(UTF_8), 0, 3);
    sparse.truncate(100 * 4096);
    // The lower tree is not a read-only one, so blocks cannot be shared.
    OverlayFileSystem overlay = new OverlayFileSystem(LowerLayers.of(List.of(lower.root())), AMPLE);
    Inode s = at(overlay, "s");
    s.append("!".getBytes(UTF_8), 0, 1);
    assertThat(s.size()).isEqualTo(100 * 4096 + 1);
    assertThat(s.stat().blocks()).isEqualTo(16);
    assertThat(s.nextData(0)).isEqualTo(50 * 4096);
  }

  @Test
  void truncating_copies_only_what_is_kept() {
    file(lower, "f", "x".repeat(8 * 4096));
    OverlayFileSystem overlay = overlay(new StorageLimits(0, 0, 8 * 4096));
    Inode f = at(overlay, "f");
    f.truncate(10);
    assertThat(text(f)).isEqualTo("x".repeat(10));
    assertThat(overlay.ledger().bytes()).isEqualTo(10 - 8 * 4096);
    f.truncate(0);
    assertThat(overlay.usage().bytes()).isZero();
    assertThat(f.stat().inode()).isEqualTo(at(overlay, "f").ino());
  }

  @Test
  void file_that_does_not_fit_stays_as_it_was() {
    file(lower, "f", "x".repeat(8 * 4096));
    OverlayFileSystem overlay = overlay(new StorageLimits(0, 0, 4 * 4096));
    Inode f = at(overlay, "f");
    assertFails(ENOSPC, () -> f.write(0, new byte[1], 0, 1));
    assertThat(text(f)).isEqualTo("x".repeat(8 * 4096));
    assertThat(overlay.ledger().bytes()).isZero();
    assertThat(overlay.snapshot().fork().usage()).isEqualTo(overlay.usage());
    assertThat(f.size()).isEqualTo(8 * 4096);
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void full_overlay_can_still_remove_lower_files() {
    for (int i = 0; i < 20; i++) {
      file(lower, "f" + i, "x");
    }
    OverlayFileSystem overlay = overlay(new StorageLimits(0, 0, 1 << 16));
    assertFails(ENOSPC, () -> overlay.root().create("n", NewInode.regular(0644, 0, 0)));
    assertThat(overlay.statFs()).isEqualTo(new StatFs(StatFs.OVERLAYFS_MAGIC, 20, 20, 21, 21));
    for (int i = 0; i < 20; i++) {
      unlink(overlay.root(), "f" + i);
    }
    assertThat(names(overlay.root())).isEmpty();
    assertThat(overlay.statFs()).isEqualTo(new StatFs(StatFs.OVERLAYFS_MAGIC, 20, 0, 21, 1));
    file(overlay.root(), "n", "y".repeat(20)); // What was removed has made room.
    assertFails(ENOSPC, () -> at(overlay, "n").append(new byte[1], 0, 1));
  }

  @Test
  void files_made_and_removed_leave_nothing_behind() {
    file(lower, "d/lower", "x");
    OverlayFileSystem overlay = overlay();
    Inode d = at(overlay, "d");
    file(overlay.root(), "d/warm", "up");
    unlink(d, "warm");
    long resident = overlay.ledger().residentBytes();
    for (int i = 0; i < 100; i++) {
      file(overlay.root(), "d/f" + i, "x");
      rename(d, "f" + i, d, "g" + i);
      unlink(d, "g" + i);
      dir(overlay.root(), "d/new" + i);
      d.rmdir("new" + i, d.lookup("new" + i));
    }
    assertThat(overlay.ledger().residentBytes()).isEqualTo(resident);
    unlink(d, "lower");
    long whiteout = overlay.ledger().residentBytes();
    for (int i = 0; i < 100; i++) {
      file(overlay.root(), "d/lower", "x");
      unlink(d, "lower");
    }
    assertThat(overlay.ledger().residentBytes()).isEqualTo(whiteout);
  }

  @Test
  void whole_directory_is_renamed_without_copying_what_is_in_it() {
    for (int i = 0; i < 50; i++) {
      file(lower, "a/sub/f" + i, "contents " + i);
    }
    OverlayFileSystem overlay = overlay();
    dir(overlay.root(), "other");
    long inodes = overlay.ledger().inodes();
    rename(overlay.root(), "a", at(overlay, "other"), "b");
    assertThat(overlay.ledger().inodes()).isEqualTo(inodes);
    OverlayRescan.check(overlay, List.of());
    assertThat(text(at(overlay, "other/b/sub/f7"))).isEqualTo("contents 7");
    assertFails(ENOENT, () -> at(overlay, "a"));
    dir(overlay.root(), "a");
    assertThat(names(at(overlay, "a"))).isEmpty();
    OverlayFileSystem fork = overlay.snapshot().fork();
    assertThat(text(at(fork, "other/b/sub/f7"))).isEqualTo("contents 7");
    assertThat(names(at(fork, "a"))).isEmpty();
    Inode sub = at(fork, "other/b/sub");
    rename(at(fork, "other/b"), "sub", fork.root(), "top");
    assertThat(sub.link()).isEqualTo(new Inode.Link(fork.root(), "top"));
    assertThat(names(sub)).hasSize(50);
    assertThat(names(at(fork, "other/b"))).isEmpty();
  }

  @Test
  void removed_lower_directory_that_is_made_again_is_empty() {
    file(lower, "d/f", "x");
    OverlayFileSystem overlay = overlay();
    Inode d = at(overlay, "d");
    assertFails(ENOTEMPTY, () -> overlay.root().rmdir("d", d));
    unlink(d, "f");
    overlay.root().rmdir("d", d);
    assertFails(ENOENT, () -> at(overlay, "d"));
    dir(overlay.root(), "d");
    assertThat(names(at(overlay, "d"))).isEmpty();
    assertThat(names(at(overlay.snapshot().fork(), "d"))).isEmpty();
  }

  @Test
  void open_file_sees_what_happens_after_it_is_copied_up() {
    file(lower, "f", "old");
    OverlayFileSystem overlay = overlay();
    Inode reader = at(overlay, "f");
    reader.opened();
    assertThat(text(reader)).isEqualTo("old");
    at(overlay, "f").write(0, "new".getBytes(UTF_8), 0, 3);
    assertThat(text(reader)).isEqualTo("new");
    assertThat(at(overlay, "f")).isSameAs(reader);
    reader.closed();
  }

  @Test
  void unlinked_lower_file_lives_while_it_is_open_and_can_be_written() {
    file(lower, "f", "lower text");
    OverlayFileSystem overlay = overlay();
    Inode f = at(overlay, "f");
    f.opened();
    unlink(overlay.root(), "f");
    assertThat(f.stat().links()).isZero();
    assertThat(f.link()).isNull();
    assertThat(text(f)).isEqualTo("lower text");
    assertFails(ENOENT, () -> overlay.root().link("g", f));
    f.write(0, "UPPER".getBytes(UTF_8), 0, 5);
    assertThat(text(f)).isEqualTo("UPPER text");
    assertThat(f.stat().links()).isZero();
    assertThat(overlay.usage().bytes()).isEqualTo(10);
    assertThat(overlay.snapshot().fork().usage().bytes()).isZero();
    f.closed();
    assertThat(overlay.usage().bytes()).isZero();
    assertFails(ENOENT, () -> f.stat());
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void unlinked_lower_file_that_nobody_uses_is_gone() {
    file(lower, "f", "x");
    OverlayFileSystem overlay = overlay();
    Inode f = at(overlay, "f");
    unlink(overlay.root(), "f");
    assertFails(ENOENT, () -> f.stat());
    assertFails(ENOENT, () -> f.opened());
    assertFails(ENOENT, () -> f.write(0, new byte[1], 0, 1));
  }

  @Test
  void hard_links_of_lower_files_stay_hard_links() {
    Inode original = file(lower, "d/a", "one");
    lower.root().lookup("d").link("b", original);
    lower.root().link("c", original);
    OverlayFileSystem overlay = overlay();
    Inode a = at(overlay, "d/a");
    assertThat(at(overlay, "d/b")).isSameAs(a);
    assertThat(a.stat().links()).isEqualTo(3);
    at(overlay, "d/b").write(0, "two".getBytes(UTF_8), 0, 3);
    assertThat(text(at(overlay, "c"))).isEqualTo("two");
    unlink(at(overlay, "d"), "a");
    assertThat(a.stat().links()).isEqualTo(2);
    overlay.root().link("e", a);
    rename(overlay.root(), "c", at(overlay, "d"), "moved");
    OverlayFileSystem fork = overlay.snapshot().fork();
    for (OverlayFileSystem each : List.of(overlay, fork)) {
      Inode b = at(each, "d/b");
      assertThat(b.stat().links()).isEqualTo(3);
      assertThat(at(each, "e")).isSameAs(b);
      assertThat(at(each, "d/moved")).isSameAs(b);
      assertThat(text(b)).isEqualTo("two");
    }
    unlink(overlay.root(), "e");
    unlink(at(overlay, "d"), "moved");
    assertThat(a.link()).isEqualTo(new Inode.Link(at(overlay, "d"), "b"));
    unlink(at(overlay, "d"), "b");
    assertThat(overlay.usage().bytes()).isZero();
    assertFails(ENOENT, () -> a.stat());
    OverlayRescan.check(overlay, List.of());
  }

  @Test
  void forgotten_name_of_an_open_file_is_found_again() {
    Inode original = file(lower, "a", "one");
    lower.root().link("b", original);
    OverlayFileSystem overlay = overlay();
    Inode f = at(overlay, "b");
    unlink(overlay.root(), "b");
    assertThat(f.link()).isEqualTo(new Inode.Link(overlay.root(), "a"));
    Inode g = file(overlay.root(), "x/g", "g");
    overlay.root().link("h", g);
    unlink(at(overlay, "x"), "g");
    assertThat(g.link()).isEqualTo(new Inode.Link(overlay.root(), "h"));
    unlink(overlay.root(), "h");
    assertFails(ENOENT, () -> g.link());
  }

  @Test
  void marks_are_out_of_sight_and_out_of_reach() {
    file(lower, "d/f", "x").setXattr("trusted.mine", new byte[] {7}, 0);
    OverlayFileSystem overlay = overlay();
    Inode f = at(overlay, "d/f");
    f.setAttributes(AttributeChange.mode(0600));
    rename(overlay.root(), "d", overlay.root(), "e");
    assertThat(f.listXattrs()).containsExactly("trusted.mine");
    assertThat(f.getXattr("trusted.mine")).containsExactly(7);
    assertThat(at(overlay, "e").listXattrs()).isEmpty();
    assertFails(EOPNOTSUPP, () -> f.getXattr(Marks.ORIGIN));
    assertFails(EOPNOTSUPP, () -> f.setXattr(Marks.METACOPY, new byte[0], 0));
    assertFails(EOPNOTSUPP, () -> at(overlay, "e").removeXattr(Marks.REDIRECT));
    assertFails(ENODATA, () -> f.removeXattr("user.none"));
    NewInode whiteout = NewInode.node(FileType.CHARACTER_DEVICE, 0666, 0, 0, 0);
    assertFails(EPERM, () -> overlay.root().create("w", whiteout));
  }

  @Test
  void listing_is_stable_while_files_are_copied_up() {
    for (int i = 0; i < 100; i++) {
      file(lower, "d/lower" + i, "x");
      file(deeper, "d/deeper" + i, "x");
    }
    OverlayFileSystem overlay = overlay();
    Inode d = at(overlay, "d");
    for (int i = 0; i < 100; i++) {
      file(overlay.root(), "d/upper" + i, "x");
    }
    List<String> seen = new ArrayList<>();
    long[] position = {0};
    for (int i = 0; i < 310; i++) {
      d.readDirectory(
          position[0],
          (name, ino, type, cookie) -> {
            assertThat(ino).isEqualTo(d.lookup(name).ino());
            seen.add(name);
            position[0] = cookie;
            return false;
          });
      int k = i * 7 % 100;
      d.lookup("lower" + k).setAttributes(AttributeChange.mode(0600));
      d.lookup("deeper" + k).write(0, new byte[1], 0, 1);
      file(overlay.root(), "d/temporary", "y");
      rename(d, "temporary", d, "lower" + (i * 13 % 100));
    }
    seen.remove("temporary");
    assertThat(seen).doesNotHaveDuplicates().hasSize(300);
  }

  @Test
  void many_whiteouts_share_inodes() {
    for (int i = 0; i < 66_000; i++) {
      lower.root().create("f" + i, NewInode.regular(0644, 0, 0));
    }
    OverlayFileSystem overlay = overlay();
    long inodes = overlay.ledger().inodes();
    for (int i = 0; i < 66_000; i++) {
      unlink(overlay.root(), "f" + i);
    }
    assertThat(overlay.ledger().inodes()).isEqualTo(inodes - 66_000);
    assertThat(names(overlay.root())).isEmpty();
    OverlayFileSystem fork = overlay.snapshot().fork();
    file(fork.root(), "f1", "x");
    unlink(fork.root(), "f1");
    OverlayRescan.check(fork, List.of());
  }

  @Test
  void overlays_over_the_same_layers_are_independent() {
    file(lower, "f", "base");
    LowerLayers layers = LowerLayers.of(List.of(lower.snapshot().readOnly().root()));
    OverlayFileSystem one = new OverlayFileSystem(layers, AMPLE);
    OverlayFileSystem two = new OverlayFileSystem(layers, AMPLE);
    at(one, "f").write(0, "ONE!".getBytes(UTF_8), 0, 4);
    unlink(two.root(), "f");
    assertThat(text(at(one, "f"))).isEqualTo("ONE!");
    assertFails(ENOENT, () -> at(two, "f"));
    assertThat(at(one, "f").stat().device()).isEqualTo(one.device());
    assertThat(one.device()).isNotEqualTo(two.device());
  }
}
