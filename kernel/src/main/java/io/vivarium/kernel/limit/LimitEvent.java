package io.vivarium.kernel.limit;

import io.vivarium.kernel.event.KernelEvent;

/**
 * A figure came near its limit, or something was refused because of the limit.
 *
 * @param limit which limit
 * @param pid the process whose limit it is; 0 for a limit of the machine
 * @param used the figure; when something was refused, what it would have become at least
 * @param capacity the value of the limit
 * @param reached whether something was refused; else the figure came near
 */
public record LimitEvent(Limit limit, int pid, long used, long capacity, boolean reached)
    implements KernelEvent {}
