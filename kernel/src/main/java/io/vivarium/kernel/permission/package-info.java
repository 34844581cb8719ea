/**
 * What guests may do: policies of rules, compiled once, and the {@link
 * io.vivarium.kernel.permission.PermissionGate} that the kernel asks.
 */
@NullMarked
package io.vivarium.kernel.permission;

import org.jspecify.annotations.NullMarked;
