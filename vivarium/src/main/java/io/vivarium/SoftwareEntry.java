package io.vivarium;

/**
 * An installed command.
 *
 * @param command its name in /bin
 * @param packageName the package it came in
 * @param version that package's version
 * @param licence the licence of the program, as an SPDX expression, or of its package where the
 *     program's own is not known
 * @param bytes size of its module
 * @param compiled whether compiled code is there, so that its first run is fast
 */
public record SoftwareEntry(
    String command,
    String packageName,
    String version,
    String licence,
    long bytes,
    boolean compiled) {}
