package io.vivarium.kernel.fs.memory;

/**
 * A span of time in the life of one file system, between two snapshots. What was made under the
 * present edit nobody else can see, so it is changed in place; everything older is shared and is
 * copied before it changes.
 */
final class Edit {
  /** The edit of values that are shared from the beginning; never the present edit of anything. */
  static final Edit NONE = new Edit();
}
