package io.vivarium.kernel.event;

/**
 * Where a kernel puts its events. It is called on the thread of whoever caused the event, which may
 * hold locks of the kernel: an implementation returns at once, never blocks, never throws, and does
 * not call the kernel. Thread-safe.
 */
@FunctionalInterface
public interface EventSink {
  /** Forgets everything. */
  EventSink DISCARD = event -> {};

  /** Takes an event. */
  void accept(KernelEvent event);
}
