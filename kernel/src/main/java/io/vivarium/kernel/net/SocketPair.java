package io.vivarium.kernel.net;

/**
 * Two sockets that are connected with each other, each with one reference that belongs to the
 * caller.
 *
 * @param first one
 * @param second the other
 */
public record SocketPair(SocketDescription first, SocketDescription second) {}
