package io.vivarium.kernel.file;

/**
 * The two descriptors that pipe(2) and socketpair(2) answer.
 *
 * @param first the reading end of a pipe, or one socket
 * @param second the writing end of a pipe, or the other socket
 */
public record FdPair(int first, int second) {}
