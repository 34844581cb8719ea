package io.vivarium.software;

import io.vivarium.wasm.engine.ModuleDigest;
import java.nio.file.Path;

/**
 * An installed guest program.
 *
 * @param name its name in /bin
 * @param file where its module lies on the host
 * @param size bytes
 * @param digest SHA-256 of the module
 */
public record Command(String name, Path file, long size, ModuleDigest digest) {}
