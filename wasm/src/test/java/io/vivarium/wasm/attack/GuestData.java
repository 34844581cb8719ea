package io.vivarium.wasm.attack;

import java.io.ByteArrayOutputStream;

/** What the calls of a guest point to, one thing behind the other from {@link Agent#DATA} on. */
final class GuestData {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** Adds bytes; answers their address. */
  int put(byte[] more) {
    int at = bytes.size();
    bytes.writeBytes(more);
    bytes.writeBytes(new byte[8 - more.length % 8]);
    return Agent.DATA + at;
  }

  /** All of it. */
  byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
