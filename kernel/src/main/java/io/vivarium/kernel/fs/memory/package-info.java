/**
 * The file system in memory.
 *
 * <p>The whole state of a file system is one persistent value: an inode table whose records hold
 * directories and file contents, each a tree that shares structure with its earlier versions. Every
 * tree node, record and block carries the {@link io.vivarium.kernel.fs.memory.Edit} under which it
 * was made. The file system changes what belongs to its present edit in place and copies everything
 * else on the way to a change, so ordinary work costs what a mutable structure costs, and taking a
 * snapshot is starting a new edit.
 *
 * <p>Locking: one read-write lock per file system guards everything below {@code InodeTable}. The
 * ledger and the inode cache have locks of their own, taken inside it and never around it.
 */
@NullMarked
package io.vivarium.kernel.fs.memory;

import org.jspecify.annotations.NullMarked;
