package io.vivarium.wasm.engine;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What another engine, V8, makes of the {@link VectorCases}: kept as one digest per function, so
 * that the tests need no other engine. To have V8 asked again, which takes {@code node}, run {@link
 * #main} in the folder of this Maven module.
 */
final class VectorOracle {
  private static final String RESOURCE = "vectors.v8";
  private static final Path KEPT =
      Path.of("src/test/resources/io/vivarium/wasm/engine").resolve(RESOURCE);

  private static final String SCRIPT =
      """
      const fs = require('fs');
      const [folder, rounds, operands, result] = process.argv.slice(1);
      const read = name => fs.readFileSync(folder + '/' + name);
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(read('module')));
      const memory = new Uint8Array(exports.memory.buffer);
      const input = read('operands');
      const out = [];
      for (const name of read('functions').toString().split('\\n')) {
        for (let i = 0; i < rounds; i++) {
          memory.fill(0, 0, 256);
          memory.set(input.subarray(i * operands, (i + 1) * operands));
          exports[name]();
          out.push(Buffer.from(memory.slice(operands, +operands + +result)));
        }
      }
      fs.writeFileSync(folder + '/results', Buffer.concat(out));
      """;

  private VectorOracle() {}

  /** The digests that are kept, by function. */
  static Map<String, String> kept() {
    Map<String, String> digests = new LinkedHashMap<>();
    try (InputStream in = VectorOracle.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new AssertionError("no " + RESOURCE);
      }
      for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
        int space = line.indexOf(' ');
        digests.put(line.substring(space + 1), line.substring(0, space));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return digests;
  }

  /** The digest of the results of all rounds of a function, which are changed to be comparable. */
  static String digest(String function, byte[] results) {
    for (int at = 0; at < results.length; at += VectorCases.RESULT) {
      ByteBuffer one = ByteBuffer.wrap(results, at, VectorCases.RESULT).slice();
      VectorCases.canonicalize(function, one.order(ByteOrder.LITTLE_ENDIAN));
    }
    return HexFormat.of().formatHex(ModuleDigest.sha256().digest(results), 0, 12);
  }

  /** Asks V8 and keeps what it says. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("vectors");
    Files.write(folder.resolve("module"), VectorCases.module());
    Files.write(folder.resolve("operands"), VectorCases.operands());
    List<String> functions = new ArrayList<>(VectorCases.functions().keySet());
    Files.writeString(folder.resolve("functions"), String.join("\n", functions));
    List<String> command =
        List.of(
            "node",
            "-e",
            SCRIPT,
            folder.toString(),
            Integer.toString(VectorCases.ROUNDS),
            Integer.toString(VectorCases.OPERANDS),
            Integer.toString(VectorCases.RESULT));
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("node failed");
    }
    byte[] results = Files.readAllBytes(folder.resolve("results"));
    int each = VectorCases.ROUNDS * VectorCases.RESULT;
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < functions.size(); i++) {
      byte[] of = Arrays.copyOfRange(results, i * each, (i + 1) * each);
      lines.add(digest(functions.get(i), of) + " " + functions.get(i));
    }
    Files.write(KEPT, lines);
  }
}
