/**
 * The union of immutable trees and one writable file system in memory, after Linux's overlayfs.
 *
 * <p>All state of an overlay is in its upper file system, in the marks that Linux uses: a whiteout
 * (a character device 0/0) hides a name of the lower trees, {@code trusted.overlay.opaque} hides
 * all that is below a directory, {@code trusted.overlay.redirect} says where in the lower trees a
 * renamed directory goes on. So a snapshot of an overlay is a snapshot of its upper file system.
 *
 * <p>The lower trees are merged once, into {@link io.vivarium.kernel.fs.overlay.LowerLayers}, which
 * any number of overlays share; an overlay then has exactly two sides.
 *
 * <p>Locking, outermost first: the lock of the overlay (names and places of files), the monitor of
 * one {@code OverlayInode} (its users and contents), the lock of the upper file system. Reading and
 * writing contents takes no lock of the overlay.
 */
@NullMarked
package io.vivarium.kernel.fs.overlay;

import org.jspecify.annotations.NullMarked;
