package io.vivarium.kernel.fs;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a call is going to do to the file that a path leads to. */
@FunctionalInterface
public interface Operations {
  /**
   * What it does to a file of a kind.
   *
   * @param type the kind; null when there is no such file
   */
  List<FileOperation> on(@Nullable FileType type);
}
