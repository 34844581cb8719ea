package io.vivarium.wasm.process;

/**
 * A directory that a preview 1 program is given.
 *
 * @param path where it is in the machine, absolute
 * @param name what the program knows it as, such as {@code /data} or {@code .}
 */
public record Preopen(String path, String name) {}
