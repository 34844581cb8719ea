/**
 * Any {@code java.nio.file.FileSystem} as a file system of a machine: zip files, in-memory trees,
 * object stores.
 *
 * <p>A provider knows paths, the kernel knows inodes. An inode here remembers its name and the
 * inode of its directory, so it keeps meaning the same file while guests rename things; its path is
 * made when the provider is asked. Providers that give files a {@code fileKey} are taken at their
 * word about which files are the same; for others the name is the file.
 *
 * <p><b>Locks</b>, outermost first: the tree lock of the file system, shared by whoever uses a
 * path, exclusive for whoever changes names; the I/O lock of a file; the monitor of the channel
 * table. Visitors of directories run without any.
 *
 * <p><b>Trust.</b> The provider is code of the host and trusted; whatever it throws becomes an
 * errno. Guests cannot leave the tree. Unlike {@link io.vivarium.kernel.fs.host} nothing protects
 * against other processes of the host that put symlinks into the tree while a call is under way.
 */
@NullMarked
package io.vivarium.kernel.fs.nio;

import org.jspecify.annotations.NullMarked;
