package io.vivarium.wasm.trace;

import io.vivarium.kernel.process.Process;
import io.vivarium.kernel.trace.CallMetrics;
import io.vivarium.kernel.trace.TraceLines;
import org.jspecify.annotations.Nullable;

/**
 * How the system calls of a machine are watched.
 *
 * @param metrics counts them; null for nobody
 * @param lines gets a line for each; null for nobody
 */
public record Tracing(@Nullable CallMetrics metrics, @Nullable TraceLines lines) {
  /** Nobody watches. */
  public static final Tracing OFF = new Tracing(null, null);

  /** Who watches the program that starts in a process; null for nobody. */
  public @Nullable CallObserver observer(Process process) {
    return metrics == null && lines == null ? null : new CallObserver(process, metrics, lines);
  }
}
