package io.vivarium.kernel;

/**
 * What a machine says it is: uname(2), /proc/version and /proc/sys/kernel. Nothing here comes from
 * the host.
 *
 * @param hostname the node name
 */
public record SystemIdentity(String hostname) {
  /** Operating system: programs look for this name. */
  public static final String SYSTEM = "Linux";

  /** A release that programs parse; the semantics offered are those of this series. */
  public static final String RELEASE = "6.12.0-vivarium";

  /** Version of the kernel. */
  public static final String VERSION = "#1 Vivarium";

  /** Hardware name: guests are 32-bit WebAssembly. */
  public static final String MACHINE = "wasm32";

  /** NIS domain name; none is set. */
  public static final String DOMAIN = "(none)";
}
