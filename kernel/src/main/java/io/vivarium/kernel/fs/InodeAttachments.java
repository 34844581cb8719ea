package io.vivarium.kernel.fs;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What other subsystems keep at an inode while it is in use: the pipe behind a FIFO, its advisory
 * locks. One object per type.
 */
public final class InodeAttachments {
  private final Map<Class<?>, Object> byType = new HashMap<>(4);

  InodeAttachments() {}

  /** The attachment of this type, made by {@code create} when there is none. Thread-safe. */
  public synchronized <T> T get(Class<T> type, Supplier<? extends T> create) {
    Object present = byType.get(type);
    if (present == null) {
      present = create.get();
      byType.put(type, present);
    }
    return type.cast(present);
  }

  /** The attachment of this type, or null when there is none. Thread-safe. */
  public synchronized <T> @Nullable T peek(Class<T> type) {
    return type.cast(byType.get(type));
  }
}
