package io.vivarium.wasm.engine.binary;

/** Bytes that are not a valid module of the supported kind. */
public final class MalformedModule extends RuntimeException {
  /** With what is wrong and where. */
  public MalformedModule(String message) {
    super(message, null, false, false);
  }
}
