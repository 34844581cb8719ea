package io.vivarium.kernel.proc;

import io.vivarium.kernel.fs.DeviceNumber;
import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.Mount;
import io.vivarium.kernel.fs.MountTable;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The mounts of a machine as /proc/PID/mounts and mountinfo list them (proc(5), fstab(5)). */
final class MountText {
  private static final List<String> ALWAYS_KNOWN =
      List.of("devpts", "overlay", "pipefs", "proc", "sockfs", "tmpfs");

  private final MountTable mounts;

  MountText(MountTable mounts) {
    this.mounts = mounts;
  }

  String mounts() {
    StringBuilder text = new StringBuilder();
    for (Mount mount : mounts.mounts()) {
      FileSystem fileSystem = mount.fileSystem();
      text.append(escape(fileSystem.source()))
          .append(' ')
          .append(escape(mount.path()))
          .append(' ')
          .append(escape(fileSystem.type()))
          .append(' ')
          .append(options(mount))
          .append(" 0 0\n");
    }
    return text.toString();
  }

  String mountinfo() {
    StringBuilder text = new StringBuilder();
    List<Mount> all = mounts.mounts();
    for (Mount mount : all) {
      FileSystem fileSystem = mount.fileSystem();
      Location point = mount.mountPoint();
      int id = all.indexOf(mount) + 1;
      int parent = point == null ? id : all.indexOf(point.mount()) + 1;
      long device = fileSystem.device();
      text.append(id)
          .append(' ')
          .append(parent)
          .append(' ')
          .append(DeviceNumber.major(device))
          .append(':')
          .append(DeviceNumber.minor(device))
          .append(" / ")
          .append(escape(mount.path()))
          .append(' ')
          .append(options(mount))
          .append(" - ")
          .append(escape(fileSystem.type()))
          .append(' ')
          .append(escape(fileSystem.source()))
          .append(fileSystem.readOnly() ? " ro\n" : " rw\n");
    }
    return text.toString();
  }

  /** The types of file system that are or can be mounted; none needs a block device. */
  String filesystems() {
    Set<String> types = new TreeSet<>(ALWAYS_KNOWN);
    for (Mount mount : mounts.mounts()) {
      types.add(mount.fileSystem().type());
    }
    StringBuilder text = new StringBuilder();
    for (String type : types) {
      text.append("nodev\t").append(type).append('\n');
    }
    return text.toString();
  }

  /** The id of the mount that a place is on, as mountinfo numbers them; 0 for none. */
  int idOf(@Nullable Location place) {
    return place == null ? 0 : mounts.mounts().indexOf(place.mount()) + 1;
  }

  private static String options(Mount mount) {
    return (mount.readOnly() ? "ro" : "rw") + ",nosuid,relatime";
  }

  /** Octal escapes of what separates fields, as the kernel writes them. */
  private static String escape(String field) {
    StringBuilder escaped = new StringBuilder(field.length());
    for (int i = 0; i < field.length(); i++) {
      char c = field.charAt(i);
      switch (c) {
        case ' ', '\t', '\n', '\\', '#' -> escaped.append("\\%03o".formatted((int) c));
        default -> escaped.append(c);
      }
    }
    return escaped.toString();
  }
}
