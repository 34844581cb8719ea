package io.vivarium;

/**
 * Something that happened in a machine and that its owner may want to know; {@link
 * MachineOptions#onEvent} says who hears of it. Immutable.
 */
public sealed interface MachineEvent {
  /** The machine: {@link VirtualMachine#id()}. */
  String machine();

  /**
   * A figure came to 80 % of its limit. It is told again only after the figure was below 50 %.
   *
   * @param machine the machine
   * @param limit the key of the limit, see {@link Vivarium#limits}
   * @param pid the process whose limit it is; 0 for a limit of the machine
   * @param used the figure, in the unit of the limit
   * @param capacity the value of the limit
   */
  record LimitNear(String machine, String limit, int pid, long used, long capacity)
      implements MachineEvent {}

  /**
   * Something was refused, or ended, because of a limit. Told once until the figure was below 50 %.
   *
   * @param machine the machine
   * @param limit the key of the limit, see {@link Vivarium#limits}
   * @param pid the process whose limit it is; 0 for a limit of the machine
   * @param used what the figure would have become at least, in the unit of the limit
   * @param capacity the value of the limit
   */
  record LimitReached(String machine, String limit, int pid, long used, long capacity)
      implements MachineEvent {}

  /**
   * A guest was denied something, or somebody was asked; with {@link Permissions.Builder#explain}
   * every decision.
   *
   * @param machine the machine
   * @param pid who wanted it; 0 for a command that the host starts
   * @param domain what it is about
   * @param operation what was to be done
   * @param object to what: a path, an address, a name
   * @param allowed whether it may be done
   * @param reason the rule or default that decided, and what came of asking
   */
  record PermissionDecided(
      String machine,
      int pid,
      Permissions.Domain domain,
      String operation,
      String object,
      boolean allowed,
      String reason)
      implements MachineEvent {}

  /**
   * Events came faster than they were taken, and some were dropped.
   *
   * @param machine the machine
   * @param count how many
   */
  record EventsLost(String machine, long count) implements MachineEvent {}
}
