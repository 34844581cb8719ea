package io.vivarium.kernel.tty;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.file.CountLimit;
import io.vivarium.kernel.fs.AttributeChange;
import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.NewInode;
import io.vivarium.kernel.fs.StatFs;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevPtsTest {
  private final PtyTable table = new PtyTable(new CountLimit(8, EAGAIN), new TestJobs());
  private final Inode root = table.fileSystem().root();

  private List<String> names(long cookie, int most) {
    List<String> names = new ArrayList<>();
    root.readDirectory(
        cookie,
        (name, ino, type, next) -> {
          assertThat(type).isEqualTo(FileType.CHARACTER_DEVICE);
          assertThat(root.lookup(name).ino()).isEqualTo(ino);
          names.add(name + "@" + next);
          return names.size() < most;
        });
    return names;
  }

  @Test
  void the_directory_shows_ptmx_and_the_terminals_that_exist() {
    assertThat(names(0, 9)).containsExactly("ptmx@2");
    HostTerminal first = table.openHost(WindowSize.DEFAULT, 7);
    table.openHost(WindowSize.DEFAULT, 8);
    assertThat(names(0, 9)).containsExactly("ptmx@2", "0@3", "1@4");
    assertThat(names(0, 2)).containsExactly("ptmx@2", "0@3");
    assertThat(names(3, 9)).containsExactly("1@4");
    first.close();
    assertThat(names(0, 9)).containsExactly("ptmx@2", "1@4");
  }

  @Test
  void a_terminal_is_a_character_device_of_its_opener_and_group_tty() {
    table.openHost(WindowSize.DEFAULT, 7);
    Inode node = root.lookup("0");
    assertThat(node.mode()).isEqualTo(0020620);
    assertThat(node.uid()).isEqualTo(7);
    assertThat(node.gid()).isEqualTo(5);
    assertThat(node.stat().rdev()).isEqualTo(DeviceNumber.of(136, 0));
    assertThat(node.link()).isEqualTo(new Inode.Link(root, "0"));
    assertThat(root.lookup("0")).isSameAs(node);
    node.setAttributes(AttributeChange.mode(0600));
    node.setAttributes(AttributeChange.owner(1, 2, 0622));
    assertThat(node.stat().mode()).isEqualTo(0020622);
    assertThat(node.uid()).isEqualTo(1);
    assertThat(node.gid()).isEqualTo(2);
    assertThat(root.lookup("ptmx").rdev()).isEqualTo(DeviceNumber.of(5, 2));
  }

  @Test
  void names_are_plain_numbers_of_terminals_that_exist() {
    HostTerminal terminal = table.openHost(WindowSize.DEFAULT, 7);
    Inode node = root.lookup("0");
    for (String name : new String[] {"1", "00", "-0", "+0", " 0", "0 ", "", "x"}) {
      assertFails(ENOENT, () -> root.lookup(name));
    }
    terminal.close();
    assertFails(ENOENT, () -> root.lookup("0"));
    assertThat(node.link()).isNull();
  }

  @Test
  void nothing_can_be_created_or_removed() {
    table.openHost(WindowSize.DEFAULT, 7);
    Inode node = root.lookup("0");
    assertFails(EPERM, () -> root.create("x", NewInode.regular(0644, 0, 0)));
    assertFails(EPERM, () -> root.link("x", node));
    assertFails(EPERM, () -> root.unlink("0", node));
    assertFails(EPERM, () -> root.rmdir("0", node));
    assertFails(EPERM, () -> root.rename("0", node, root, "x", null, 0));
    assertThat(table.fileSystem().statFs().type()).isEqualTo(StatFs.DEVPTS_MAGIC);
    assertThat(root.mode()).isEqualTo(0040755);
    assertThat(root.parent()).isSameAs(root);
  }
}
