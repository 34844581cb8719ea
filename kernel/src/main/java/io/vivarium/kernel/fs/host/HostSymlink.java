package io.vivarium.kernel.fs.host;

import io.vivarium.kernel.text.ByteStrings;

/** A symlink of the host. Its text is for the machine's path walk; the host never follows it. */
final class HostSymlink extends HostInode {
  HostSymlink(HostDirectoryFileSystem fileSystem, HostStat stat) {
    super(fileSystem, stat);
  }

  @Override
  public String readLink() {
    try (HostHandle handle = handle()) {
      return ByteStrings.decode(HostCalls.readLink(handle.fd()));
    }
  }
}
