package io.vivarium.bench.result;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * A way to do the work of a row. What one lane does in a row, every other lane of the row does too.
 */
public enum Lane {
  /** A C program of ours, compiled for the host. */
  NATIVE,
  /** The same operations as a script for the host's Node. */
  NODE,
  /** A command of the host. */
  HOST,
  /** The C program of the lane {@link #NATIVE}, compiled to WebAssembly, in a machine. */
  WASM,
  /** The script of the lane {@link #NODE}, in a machine. */
  JS,
  /** The command of the lane {@link #HOST}, in a machine. */
  CMD,
  /** What an embedder of machines does in Java; no other lane does the same. */
  JAVA;

  /** The name in tables, files and options. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the work is done in a machine, by the product. */
  public boolean ours() {
    return this == WASM || this == JS || this == CMD || this == JAVA;
  }

  /** The lane with a label; empty when there is none. */
  public static Optional<Lane> labelled(String label) {
    return Arrays.stream(values()).filter(lane -> lane.label().equals(label)).findFirst();
  }
}
