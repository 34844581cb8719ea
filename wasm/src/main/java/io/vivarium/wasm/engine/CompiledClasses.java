package io.vivarium.wasm.engine;

import java.util.Map;
import java.util.SortedSet;

/**
 * What compiling a module gives.
 *
 * @param classes class files by binary name; {@link GuestCompiler#MAIN_CLASS} is the machine
 * @param interpreted the functions that are too large for a method of the JVM, and stay interpreted
 */
record CompiledClasses(Map<String, byte[]> classes, SortedSet<Integer> interpreted) {}
