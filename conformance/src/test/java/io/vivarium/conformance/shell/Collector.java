package io.vivarium.conformance.shell;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads a stream to its end on a thread of its own, and keeps the first 16 MiB. */
final class Collector implements AutoCloseable {

  private static final int CAPACITY = 16 << 20;

  private final InputStream stream;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Thread reader;

  Collector(InputStream stream) {
    this.stream = stream;
    this.reader = Thread.ofVirtual().start(this::read);
  }

  /** Waits for the end of the stream and returns what came. */
  byte[] bytes() throws InterruptedException {
    reader.join();
    return bytes.toByteArray();
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }

  private void read() {
    byte[] buffer = new byte[8192];
    try {
      for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
        bytes.write(buffer, 0, Math.min(count, CAPACITY - bytes.size()));
      }
    } catch (IOException closed) {
      // The stream was closed under the reader: what came until then is what there is.
      return;
    }
  }
}
