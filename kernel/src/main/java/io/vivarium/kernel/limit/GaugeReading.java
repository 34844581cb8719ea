package io.vivarium.kernel.limit;

/**
 * A figure of a machine and its limit, at one moment.
 *
 * @param limit which
 * @param used the figure, in the unit of the limit; 0 for what is only checked, not held. Storage
 *     may be negative where a machine deleted files that it shares with others
 * @param peak the highest value that it ever had
 * @param capacity the value of the limit
 */
public record GaugeReading(Limit limit, long used, long peak, long capacity) {}
