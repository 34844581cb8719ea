package io.vivarium;

/**
 * Something that happened to what all machines of a {@link Vivarium} share; {@link
 * Vivarium.Builder#onEvent} says who hears of it. Immutable.
 */
public sealed interface VivariumEvent {
  /**
   * The memory that guests of all machines hold came to 80 % of {@link
   * Vivarium.Builder#guestMemory}. It is told again only after it was below 50 %.
   *
   * @param used bytes that are held
   * @param capacity bytes that may be held
   */
  record GuestMemoryNear(long used, long capacity) implements VivariumEvent {}

  /**
   * A guest was refused memory, or a program not started or not compiled, because the guests of all
   * machines may not hold more. Told once until less than 50 % are held.
   *
   * @param used bytes that would have been held at least
   * @param capacity bytes that may be held
   */
  record GuestMemoryReached(long used, long capacity) implements VivariumEvent {}

  /**
   * Events came faster than they were taken, and some were dropped.
   *
   * @param count how many
   */
  record EventsLost(long count) implements VivariumEvent {}
}
