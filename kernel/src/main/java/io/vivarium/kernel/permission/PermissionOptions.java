package io.vivarium.kernel.permission;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The permissions of a machine.
 *
 * @param policy what holds
 * @param prompt asked where a rule says so; null denies there
 * @param deadline how long an answer may take; denied then
 * @param explain whether every decision is told, not denials and answers only
 */
public record PermissionOptions(
    PermissionPolicy policy,
    @Nullable PermissionPrompt prompt,
    Duration deadline,
    boolean explain) {
  /** How long an answer may take unless said otherwise. */
  public static final Duration DEADLINE = Duration.ofSeconds(30);

  /** {@link PermissionPolicy#STANDARD}, nobody to ask. */
  public static final PermissionOptions STANDARD =
      new PermissionOptions(PermissionPolicy.STANDARD, null, DEADLINE, false);
}
