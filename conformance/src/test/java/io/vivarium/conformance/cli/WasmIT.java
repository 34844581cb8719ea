package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.cli.Viv.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code viv wasm}: a preview 1 program gets what it is given and nothing else. */
final class WasmIT {
  private static final int BADF = 8;
  private static final int NOENT = 44;
  private static final int ROFS = 69;
  private static final int XDEV = 75;
  private static final int NOTCAPABLE = 76;

  @TempDir private Path directory;
  private String module;

  @BeforeEach
  void make_module() throws IOException {
    module = Files.write(directory.resolve("probe.wasm"), ProbeModule.assemble()).toString();
    Files.writeString(Files.createDirectory(directory.resolve("data")).resolve("file"), "content");
  }

  @Test
  void program_gets_its_arguments_and_its_environment_and_no_other() throws Exception {
    Result bare = Viv.of("wasm", module).environment("HOST", "secret").run();
    Result full =
        Viv.of(
                "wasm",
                "--env",
                "A=1",
                "-e",
                "HOST",
                "--dir",
                directory + "::/d",
                module,
                "data/file")
            .environment("HOST", "passed")
            .run();

    assertThat(bare.outText()).isEqualTo("probe.wasm\0");
    assertThat(full.outText().split("\0", -1))
        .containsExactlyInAnyOrder("A=1", "HOST=passed", "probe.wasm", "data/file", "content");
    assertThat(full.status()).as(full.errText()).isZero();
  }

  @Test
  void arguments_that_are_not_utf_8_keep_their_bytes() throws Exception {
    Result result = Viv.script("viv wasm '" + module + "' $'a\\xff\\xc3b' ä").run();

    assertThat(result.out())
        .startsWith("probe.wasm\0a".getBytes(UTF_8))
        .endsWith(0xff, 0xc3, 'b', 0, 0xc3, 0xa4, 0);
  }

  @Test
  void program_without_directories_opens_nothing() throws Exception {
    assertThat(Viv.of("wasm", module, "etc/passwd").run().status()).isEqualTo(BADF);
  }

  @Test
  void program_does_not_leave_its_directory() throws Exception {
    Files.writeString(directory.resolve("outside"), "outside");
    Files.createSymbolicLink(directory.resolve("data/link"), Path.of("../outside"));
    String data = directory.resolve("data") + "::.";

    assertThat(Viv.of("wasm", "--dir", data, module, "file").run().status()).isZero();
    Map<String, Integer> escapes =
        Map.of("../outside", XDEV, "link", XDEV, "/etc/passwd", NOTCAPABLE);
    for (Map.Entry<String, Integer> escape : escapes.entrySet()) {
      Result result = Viv.of("wasm", "--dir", data, module, escape.getKey()).run();
      assertThat(result.status()).as(escape.getKey()).isEqualTo(escape.getValue());
      assertThat(result.outText()).doesNotContain("root:").doesNotEndWith("\0outside");
    }
    assertThat(Viv.of("wasm", "--dir", data, module, "missing").run().status()).isEqualTo(NOENT);
  }

  @Test
  void directory_is_written_unless_it_is_given_read_only() throws Exception {
    Result written = Viv.of("wasm", "--dir", directory.toString(), module, "create", "new").run();
    Result refused =
        Viv.of("wasm", "--dir-ro", directory.toString(), module, "create", "other").run();

    assertThat(written.status()).as(written.errText()).isZero();
    assertThat(directory.resolve("new")).exists();
    assertThat(refused.status()).isEqualTo(ROFS);
    assertThat(directory.resolve("other")).doesNotExist();
  }

  @Test
  void file_that_is_no_module_is_126() throws Exception {
    Path text = Files.writeString(directory.resolve("text.wasm"), "no module");

    Result result = Viv.of("wasm", text.toString()).run();

    assertThat(result.status()).isEqualTo(126);
    assertThat(result.errText()).contains("text.wasm", "Exec format error").hasLineCount(1);
  }

  @Test
  void wrong_arguments_are_told_in_one_line() throws Exception {
    for (String[] wrong :
        new String[][] {
          {"wasm"},
          {"wasm", directory.resolve("none.wasm").toString()},
          {"wasm", directory.toString()},
          {"wasm", "--dir", "/no/such/place", module},
          {"wasm", "--dir", "::/x", module},
          {"wasm", "--mapdir", "/x", module}
        }) {
      Result result = Viv.of(wrong).run();
      assertThat(result.status()).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(result.errText())
          .startsWith("viv: wasm: ")
          .endsWith("; see viv wasm --help\n")
          .hasLineCount(1);
    }
  }
}
