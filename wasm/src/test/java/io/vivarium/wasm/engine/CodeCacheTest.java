package io.vivarium.wasm.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.testing.ModuleBuilder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compiled code on disk: used when it is whole and ours, made again when it is not. */
@Timeout(120)
class CodeCacheTest {
  private static final EngineOptions OPTIONS = EngineOptions.DEFAULT.withCompileInBackground(false);

  @TempDir private Path folder;

  private static byte[] module(int answer) {
    return new ModuleBuilder()
        .memory(1)
        .data(0, (byte) 1)
        .function("answer", "-> i32", "i32.const " + answer)
        .build();
  }

  private WasmEngine engine() throws IOException {
    return WasmEngine.open(OPTIONS.withCacheDirectory(folder));
  }

  private static long answer(GuestModule module) throws LinkFailure {
    try (GuestInstance guest =
        module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
      return guest.call("answer")[0];
    }
  }

  private List<Path> codeFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".code")).sorted().toList();
    }
  }

  private Path compileOne() throws IOException, InvalidModule {
    try (WasmEngine engine = engine()) {
      assertThat(engine.load(module(42)).compile()).isTrue();
    }
    assertThat(codeFiles()).hasSize(1);
    return codeFiles().getFirst();
  }

  // ---- using ----------------------------------------------------------------------------------

  @Test
  void compiled_code_is_found_by_the_next_engine_which_does_not_ask_for_the_bytes()
      throws Exception {
    compileOne();
    try (WasmEngine engine = engine()) {
      GuestModule module =
          engine.load(
              ModuleDigest.of(module(42)),
              () -> {
                throw new AssertionError("asked for the bytes");
              });
      assertThat(module.compiled()).isTrue();
      assertThat(module.kept()).isTrue();
      assertThat(answer(module)).isEqualTo(42);
    }
  }

  @Test
  void bytes_that_do_not_have_their_digest_are_refused() throws Exception {
    try (WasmEngine engine = engine()) {
      ModuleDigest digest = ModuleDigest.of(module(42));
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> engine.load(digest, () -> module(43)))
          .withMessageContaining(digest.hex());
      assertThat(answer(engine.load(digest, () -> module(42)))).isEqualTo(42);
    }
  }

  // ---- damage ---------------------------------------------------------------------------------

  /** What can have happened to a file. */
  enum Damage {
    EMPTY {
      @Override
      byte[] of(byte[] file) {
        return new byte[0];
      }
    },
    CUT {
      @Override
      byte[] of(byte[] file) {
        return Arrays.copyOf(file, file.length - 1);
      }
    },
    LONGER {
      @Override
      byte[] of(byte[] file) {
        return Arrays.copyOf(file, file.length + 1);
      }
    },
    ONE_BIT {
      @Override
      byte[] of(byte[] file) {
        byte[] changed = file.clone();
        changed[file.length / 2] ^= 4;
        return changed;
      }
    },
    FIRST_BYTE {
      @Override
      byte[] of(byte[] file) {
        byte[] changed = file.clone();
        changed[0]++;
        return changed;
      }
    },
    SOMETHING_ELSE {
      @Override
      byte[] of(byte[] file) {
        return "#!/bin/sh\necho no\n".getBytes(StandardCharsets.US_ASCII);
      }
    },
    ZEROS {
      @Override
      byte[] of(byte[] file) {
        return new byte[file.length];
      }
    };

    abstract byte[] of(byte[] file);
  }

  @ParameterizedTest
  @EnumSource
  void a_damaged_file_is_made_again(Damage damage) throws Exception {
    Path file = compileOne();
    byte[] good = Files.readAllBytes(file);
    Files.write(file, damage.of(good));
    try (WasmEngine engine = engine()) {
      GuestModule module = engine.load(module(42));
      assertThat(module.compiled()).isFalse();
      assertThat(answer(module)).isEqualTo(42);
      assertThat(module.compile()).isTrue();
      assertThat(answer(module)).isEqualTo(42);
    }
    assertThat(Files.size(codeFiles().getFirst())).isEqualTo(good.length);
    try (WasmEngine engine = engine()) {
      assertThat(engine.load(module(42)).compiled()).isTrue();
    }
  }

  @Test
  void every_single_changed_byte_is_noticed() throws Exception {
    Path file = compileOne();
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i += 37) {
      byte[] changed = good.clone();
      changed[i] ^= 0x20;
      Files.write(file, changed);
      try (WasmEngine engine = engine()) {
        assertThat(engine.load(module(42)).compiled()).as("byte %d", i).isFalse();
      }
    }
  }

  @Test
  void code_of_another_module_under_this_ones_name_is_not_run() throws Exception {
    Path first = compileOne();
    try (WasmEngine engine = engine()) {
      assertThat(engine.load(module(43)).compile()).isTrue();
    }
    Path other = codeFiles().stream().filter(file -> !file.equals(first)).findFirst().orElseThrow();
    Files.copy(other, first, StandardCopyOption.REPLACE_EXISTING);
    try (WasmEngine engine = engine()) {
      GuestModule module = engine.load(module(42));
      assertThat(module.compiled()).isFalse();
      assertThat(answer(module)).isEqualTo(42);
    }
  }

  @Test
  void a_folder_where_a_file_should_be_is_no_failure() throws Exception {
    Path file = compileOne();
    Files.delete(file);
    Files.createDirectory(file);
    Files.createFile(file.resolve("in the way"));
    try (WasmEngine engine = engine()) {
      GuestModule module = engine.load(module(42));
      assertThat(module.compile()).isTrue();
      assertThat(module.kept()).isFalse();
      assertThat(answer(module)).isEqualTo(42);
    }
  }

  // ---- who may write --------------------------------------------------------------------------

  @Test
  void the_folder_and_its_files_are_private() throws Exception {
    Path made = folder.resolve("a/b/cache");
    try (WasmEngine engine = WasmEngine.open(OPTIONS.withCacheDirectory(made))) {
      assertThat(engine.load(module(42)).compile()).isTrue();
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(made)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".code")).toList()) {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
            .isEqualTo("rw-------");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rwxrwx---", "rwx----w-", "rwxrwxrwx"})
  void a_folder_that_others_can_write_is_refused(String permissions) throws Exception {
    Path shared = Files.createDirectory(folder.resolve("shared"));
    Files.setPosixFilePermissions(shared, PosixFilePermissions.fromString(permissions));
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> WasmEngine.open(OPTIONS.withCacheDirectory(shared)))
        .withMessageContaining("chmod go-w " + shared);
  }

  @Test
  void a_symlink_or_a_file_is_no_cache_folder() throws Exception {
    Path real = Files.createDirectory(folder.resolve("real"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), real);
    Path file = Files.createFile(folder.resolve("file"));
    for (Path wrong : List.of(link, file)) {
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() -> WasmEngine.open(OPTIONS.withCacheDirectory(wrong)))
          .withMessageContaining("not a directory");
    }
  }

  // ---- together -------------------------------------------------------------------------------

  @Test
  void engines_that_compile_the_same_at_once_make_it_once_and_agree() throws Exception {
    List<CompletableFuture<Long>> answers = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      answers.add(
          CompletableFuture.supplyAsync(
              () -> {
                try (WasmEngine engine = engine()) {
                  GuestModule module = engine.load(module(42));
                  assertThat(module.compile()).isTrue();
                  return answer(module);
                } catch (IOException | InvalidModule | LinkFailure e) {
                  throw new AssertionError(e);
                }
              },
              task -> Thread.ofPlatform().daemon().start(task)));
    }
    for (CompletableFuture<Long> answer : answers) {
      assertThat(answer.get()).isEqualTo(42);
    }
    assertThat(codeFiles()).hasSize(1);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.filter(file -> file.toString().endsWith(".tmp"))).isEmpty();
    }
  }

  @Test
  void the_first_run_is_interpreted_while_the_module_compiles_in_the_background() throws Exception {
    EngineOptions options =
        EngineOptions.DEFAULT.withCompileInBackground(true).withCacheDirectory(folder);
    byte[] bytes = VectorCases.module();
    try (WasmEngine engine = WasmEngine.open(options)) {
      GuestModule module = engine.load(bytes);
      // Works before and after, and in an instance that was made before.
      try (GuestInstance early =
          module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
        early.memory().putInt(0, 5);
        early.call("i32x4.splat");
        while (!module.compiled()) {
          Thread.sleep(5);
        }
        early.call("i32x4.splat");
        assertThat(early.memory().getInt(60)).isEqualTo(5);
      }
      try (GuestInstance late =
          module.instantiate(Running.NO_IMPORTS, InstanceLimits.DEFAULT, null)) {
        late.memory().putInt(0, 6);
        late.call("i32x4.splat");
        assertThat(late.memory().getInt(60)).isEqualTo(6);
      }
    }
    try (WasmEngine engine = WasmEngine.open(options)) {
      assertThat(engine.load(bytes).compiled()).isTrue();
    }
  }

  // ---- bounds ---------------------------------------------------------------------------------

  @Test
  void the_cache_keeps_what_was_used_last() throws Exception {
    long each = Files.size(compileOne());
    Path first = codeFiles().getFirst();
    Files.setLastModifiedTime(first, FileTime.from(Instant.now().minus(Duration.ofDays(9))));
    EngineOptions two = OPTIONS.withCacheDirectory(folder).withCacheBytes(2 * each + each / 2);
    try (WasmEngine engine = WasmEngine.open(two)) {
      assertThat(engine.load(module(43)).compile()).isTrue();
      Path second =
          codeFiles().stream().filter(file -> !file.equals(first)).findFirst().orElseThrow();
      Files.setLastModifiedTime(second, FileTime.from(Instant.now().minus(Duration.ofDays(5))));
      // Used again: no longer the oldest.
      assertThat(engine.load(module(42)).compiled()).isTrue();
      assertThat(engine.load(module(44)).compile()).isTrue();
      assertThat(codeFiles()).hasSize(2).contains(first).doesNotContain(second);
    }
  }

  @Test
  void a_cache_without_room_keeps_nothing_and_the_code_runs() throws Exception {
    try (WasmEngine engine =
        WasmEngine.open(OPTIONS.withCacheDirectory(folder).withCacheBytes(0))) {
      GuestModule module = engine.load(module(42));
      assertThat(module.compile()).isTrue();
      assertThat(module.kept()).isFalse();
      assertThat(answer(module)).isEqualTo(42);
    }
    assertThat(codeFiles()).isEmpty();
  }

  @Test
  void what_crashes_left_behind_goes_after_a_day() throws Exception {
    Path old = Files.createFile(folder.resolve("dead.tmp"));
    Path fresh = Files.createFile(folder.resolve("alive.tmp"));
    Files.setLastModifiedTime(old, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
    compileOne();
    assertThat(old).doesNotExist();
    assertThat(fresh).exists();
  }
}
