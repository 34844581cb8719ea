package io.vivarium.software;

import io.vivarium.kernel.fs.FileSystem;
import io.vivarium.kernel.fs.Inode;
import io.vivarium.kernel.fs.StatFs;
import io.vivarium.wasm.engine.ModuleDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The commands as a read-only file system: one directory of real files, mode 0755, owned by root.
 * One instance serves every machine; contents are mapped from the host, not copied.
 */
public final class SoftwareFileSystem extends FileSystem {
  /** The type as /proc/mounts shows it. */
  public static final String TYPE = "softwarefs";

  private final CommandDirectory root;
  private final long bytes;

  /** The file system of some installed software. */
  public SoftwareFileSystem(Software software) {
    Map<String, CommandFile> files = new LinkedHashMap<>();
    long total = 0;
    long ino = 2;
    for (Command command : software.commands().values()) {
      files.put(command.name(), new CommandFile(this, ino++, command));
      total += command.size();
    }
    this.bytes = total;
    this.root = new CommandDirectory(this, files);
    for (CommandFile file : files.values()) {
      file.setDirectory(root);
    }
  }

  /** The digest of a command's module, so that nobody hashes it again; null for other inodes. */
  public static @Nullable ModuleDigest digestOf(Inode inode) {
    return inode instanceof CommandFile file ? file.command().digest() : null;
  }

  /** The commands in this file system. */
  public List<Command> commands() {
    List<Command> commands = new ArrayList<>();
    for (CommandFile file : root.files().values()) {
      commands.add(file.command());
    }
    return commands;
  }

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public Inode root() {
    return root;
  }

  @Override
  public StatFs statFs() {
    long inodes = root.files().size() + 1L;
    return new StatFs(StatFs.FUSE_MAGIC, bytes, bytes, inodes, inodes);
  }

  @Override
  public boolean readOnly() {
    return true;
  }
}
