package io.vivarium.kernel.event;

/** Something that happened in a machine and that its owner may want to know. Immutable. */
public interface KernelEvent {}
