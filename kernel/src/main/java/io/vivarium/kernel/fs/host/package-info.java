/**
 * A directory of the host, shown in a machine.
 *
 * <p><b>What holds.</b> Nothing a guest does, and no race with another process of the host, makes a
 * call reach a file that is not beneath the directory:
 *
 * <ul>
 *   <li>Every host call works on a descriptor and at most one {@link
 *       io.vivarium.kernel.fs.host.HostName}: a single component, never "." or "..". There are no
 *       host paths that a guest had a part in.
 *   <li>No host call follows a symlink. Targets are read and handed to the path walk of the
 *       machine, which resolves them in the machine.
 *   <li>A directory proves, before it is used, that the names which lead to it from the root still
 *       lead to it; one that a host process moves away is gone for the guest. What was beneath the
 *       directory when a call began may be outside when it ends: no program on Linux can close
 *       that.
 *   <li>Only regular files and directories are ever opened. Devices, FIFOs and sockets of the host
 *       are shown and stay closed. Guests create neither them nor set-user-id files, and before a
 *       guest writes to a set-user-id file it loses the bit.
 *   <li>Mounts beneath the directory are closed unless the host asks for them.
 * </ul>
 *
 * <p><b>Why native calls.</b> {@code java.nio} has descriptor-relative access too ({@code
 * SecureDirectoryStream}), but without links, symlinks, modes of symlinks, anonymous files, holes,
 * atomic append or exchange, and its channels close when a thread that uses them is interrupted,
 * which is how guests are stopped. Calling the C library through {@code java.lang.foreign} gives
 * Linux semantics; the price is Linux, and {@code --enable-native-access}.
 *
 * <p><b>Descriptors.</b> An inode holds at most one: a path descriptor at first, replaced by one
 * for reading, then for writing, as guests need it. Idle ones are closed when there are too many
 * and opened again by name. Inodes in use keep theirs; beyond the limit opening answers ENFILE.
 *
 * <p><b>Locks</b>, outermost first: rename lock of the file system; locks of directories, in the
 * order of their serial numbers; the I/O lock of a file; the location lock of the file system; the
 * monitors of slots and of the descriptor table. None is held while a guest is waited for.
 */
@NullMarked
package io.vivarium.kernel.fs.host;

import org.jspecify.annotations.NullMarked;
