package io.vivarium.kernel.file;

/**
 * A POSIX record lock as F_GETLK reports it.
 *
 * @param exclusive whether it is a write lock
 * @param start first byte
 * @param length bytes, or 0 when it reaches to the end of the file wherever that moves
 * @param pid the process that holds it
 */
public record RecordLock(boolean exclusive, long start, long length, int pid) {}
