package io.vivarium.kernel;

import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.limit.Limit;
import io.vivarium.kernel.limit.Limits;
import io.vivarium.kernel.permission.PermissionOptions;

/**
 * What is fixed about a machine for its whole life.
 *
 * @param hostname host name, 1 to 64 characters
 * @param limits its limits; those of storage are the business of the root file system
 * @param events where it tells what happens
 * @param permissions what guests may do
 */
public record KernelOptions(
    String hostname, Limits limits, EventSink events, PermissionOptions permissions) {
  /** The host name "vivarium" and the limits as they are unless they are set. */
  public static final KernelOptions DEFAULT =
      new KernelOptions("vivarium", Limits.DEFAULT, EventSink.DISCARD, PermissionOptions.STANDARD);

  /** The same with another limit; see {@link Limits#with}. */
  public KernelOptions with(Limit limit, long value) {
    return new KernelOptions(hostname, limits.with(limit, value), events, permissions);
  }

  /** The same with another place for events. */
  public KernelOptions with(EventSink sink) {
    return new KernelOptions(hostname, limits, sink, permissions);
  }

  /** The same with other permissions. */
  public KernelOptions with(PermissionOptions other) {
    return new KernelOptions(hostname, limits, events, other);
  }
}
