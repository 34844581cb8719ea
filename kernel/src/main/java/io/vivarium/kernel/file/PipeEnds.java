package io.vivarium.kernel.file;

/**
 * The two open ends of a new pipe, each with one reference that belongs to the caller.
 *
 * @param reader the end to read from
 * @param writer the end to write to
 */
public record PipeEnds(FileDescription reader, FileDescription writer) {}
