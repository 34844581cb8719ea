package io.vivarium;

import io.vivarium.kernel.Kernel;
import io.vivarium.kernel.syscall.SystemCalls;
import io.vivarium.software.Command;
import io.vivarium.wasm.engine.EngineOptions;
import io.vivarium.wasm.engine.GuestModule;
import io.vivarium.wasm.engine.InvalidModule;
import io.vivarium.wasm.engine.WasmEngine;
import io.vivarium.wasm.process.WasmBinaryFormat;
import io.vivarium.wasm.trace.Tracing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The WebAssembly lane of a {@link Vivarium}: one engine for all machines. */
final class WasmLane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WasmLane.class);

  private final Path codeFolder;
  private final WasmEngine engine;
  private final SharedMemory memory;

  /**
   * A lane.
   *
   * @param codeFolder where compiled code is kept
   * @param memory of all processes of all machines
   * @throws VivariumException when that folder is not private to the user
   */
  WasmLane(Path codeFolder, SharedMemory memory) {
    this.codeFolder = codeFolder;
    this.memory = memory;
    try {
      this.engine = WasmEngine.open(EngineOptions.DEFAULT.withCacheDirectory(codeFolder));
    } catch (IOException e) {
      throw new VivariumException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Lets a machine run modules. */
  WasmBinaryFormat install(Kernel kernel, Tracing tracing) {
    WasmBinaryFormat format =
        new WasmBinaryFormat(
            engine, process -> new SystemCalls(kernel, process), memory, kernel.gauges(), tracing);
    kernel.register(format);
    return format;
  }

  /** Bytes of memory that guests make the host hold now. */
  long memoryHeld() {
    return memory.held();
  }

  /** Whether a command's compiled code is there. */
  boolean isCompiled(Command command) {
    try {
      return load(command).compiled();
    } catch (IOException | InvalidModule e) {
      return false;
    }
  }

  /**
   * Compiles commands that are not compiled yet; what cannot be compiled is interpreted.
   *
   * @throws VivariumException when the code cannot be kept
   */
  void compileAll(Collection<Command> commands, Progress progress) {
    Map<String, Command> distinct = new LinkedHashMap<>();
    for (Command command : commands) {
      distinct.putIfAbsent(command.digest().hex(), command);
    }
    int done = 0;
    for (Command command : distinct.values()) {
      progress.at("Compiling " + command.name(), done, distinct.size());
      compile(command);
      done++;
    }
    progress.at("Compiled", done, distinct.size());
  }

  private void compile(Command command) {
    GuestModule module;
    try {
      module = load(command);
    } catch (IOException | InvalidModule e) {
      LOG.warn("{} cannot be loaded: {}", command.name(), e.getMessage());
      return;
    }
    if (!module.compile()) {
      LOG.info("{} is not compiled and will be interpreted", command.name());
    } else if (!module.kept()) {
      throw new VivariumException(
          "The compiled code of "
              + command.name()
              + " cannot be kept in "
              + codeFolder
              + ". Is the disk full?");
    }
  }

  @Override
  public void close() {
    engine.close();
  }

  private GuestModule load(Command command) throws IOException, InvalidModule {
    return engine.load(command.digest(), () -> Files.readAllBytes(command.file()));
  }
}
