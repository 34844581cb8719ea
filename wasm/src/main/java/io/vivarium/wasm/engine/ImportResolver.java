package io.vivarium.wasm.engine;

import org.jspecify.annotations.Nullable;

/** Says what stands behind each function that a module imports. */
@FunctionalInterface
public interface ImportResolver {
  /**
   * The function to call, which has to accept the type that {@code imported} declares.
   *
   * @return null when there is none; instantiation then fails with {@link LinkFailure} naming all
   *     that are missing. A caller that prefers a stub returns one
   */
  @Nullable HostFunction resolve(ImportedFunction imported);
}
