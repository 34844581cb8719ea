package io.vivarium.kernel.permission;

import io.vivarium.kernel.event.KernelEvent;

/**
 * Something was denied, or somebody was asked, or every decision is told.
 *
 * @param pid who wanted it; 0 for the host
 * @param domain what it is about
 * @param operation what was to be done
 * @param object to what: a path, an address, a name
 * @param allowed whether it may be done
 * @param reason the rule or default that decided, and what came of asking
 */
public record PermissionDecision(
    int pid, Domain domain, String operation, String object, boolean allowed, String reason)
    implements KernelEvent {}
