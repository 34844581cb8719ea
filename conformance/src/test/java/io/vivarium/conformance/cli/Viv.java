package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A call of the packaged {@code viv}; immutable until it is started. */
final class Viv {
  private static final Path LAUNCHER =
      Path.of(System.getProperty("vivarium.application"), "bin", "viv");
  private static final long SECONDS = 60;

  private final List<String> arguments;
  private final Map<String, String> environment = new HashMap<>();
  private byte[] input = new byte[0];

  private Viv(List<String> arguments) {
    this.arguments = arguments;
    environment.put("VIV_JAVA_HOME", System.getProperty("java.home"));
    environment.put("VIV_AOT", "off");
  }

  /** What a call left. */
  record Result(int status, byte[] out, byte[] err) {
    String outText() {
      return new String(out, UTF_8);
    }

    String errText() {
      return new String(err, UTF_8);
    }
  }

  static Viv of(String... arguments) {
    List<String> all = new ArrayList<>(List.of(LAUNCHER.toString()));
    all.addAll(List.of(arguments));
    return new Viv(all);
  }

  /** A script of the host's shell in which {@code viv} can be called by its name. */
  static Viv script(String script) {
    String function = "viv() { '" + LAUNCHER + "' \"$@\"; }\n";
    return new Viv(List.of("bash", "-c", function + script));
  }

  /** A script of the host's shell that has the path of {@code viv} in its variable viv. */
  static Viv onTerminal(String script) {
    Viv call = new Viv(List.of("script", "-q", "-e", "-f", "-c", script, "/dev/null"));
    call.environment.put("viv", LAUNCHER.toString());
    call.environment.put("SHELL", "/bin/sh");
    call.environment.put("TERM", "xterm");
    return call;
  }

  /**
   * Starts it with no signal ignored, whatever this JVM inherited: a shell without job control
   * starts what runs in its background with SIGINT ignored, and an ignored signal stays so in
   * children.
   */
  Viv withDefaultSignals() {
    List<String> all = new ArrayList<>(List.of("env", "--default-signal"));
    all.addAll(arguments);
    Viv call = new Viv(all);
    call.environment.putAll(environment);
    call.input = input;
    return call;
  }

  Viv environment(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Viv input(byte[] bytes) {
    input = bytes;
    return this;
  }

  Viv input(String text) {
    return input(text.getBytes(UTF_8));
  }

  /** Starts it; what it reads and writes is the caller's business. */
  Process start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(arguments);
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end; one that takes a minute is killed and fails the test. */
  Result run() throws Exception {
    Process process = start();
    try {
      CompletableFuture<byte[]> out = collect(process.getInputStream());
      CompletableFuture<byte[]> err = collect(process.getErrorStream());
      try (OutputStream in = process.getOutputStream()) {
        in.write(input);
      } catch (IOException e) {
        // It does not read its input.
      }
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("still running: " + arguments);
      }
      return new Result(
          process.exitValue(),
          out.get(SECONDS, TimeUnit.SECONDS),
          err.get(SECONDS, TimeUnit.SECONDS));
    } finally {
      kill(process);
    }
  }

  /** Ends it and what it started. */
  static void kill(Process process) {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }

  private static CompletableFuture<byte[]> collect(InputStream stream) {
    CompletableFuture<byte[]> bytes = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          ByteArrayOutputStream collected = new ByteArrayOutputStream();
          try (stream) {
            stream.transferTo(collected);
            bytes.complete(collected.toByteArray());
          } catch (IOException e) {
            bytes.completeExceptionally(new UncheckedIOException(e));
          }
        });
    return bytes;
  }
}
