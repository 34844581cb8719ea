package io.vivarium.conformance.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.cli.Viv.Result;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Standard streams of {@code viv} are those of the guest command: every byte, at once, in order.
 */
final class StreamsIT {
  private static final int SIGPIPE_STATUS = 128 + 13;

  @Test
  void ten_mebibytes_of_any_bytes_pass_both_ways() throws Exception {
    byte[] bytes = new byte[10 << 20];
    new Random(1).nextBytes(bytes);

    Result result = Viv.of("exec", "--", "cat").input(bytes).run();

    assertThat(result.status()).isZero();
    assertThat(Arrays.equals(result.out(), bytes)).isTrue();
    assertThat(result.err()).isEmpty();
  }

  @Test
  void output_and_errors_stay_apart() throws Exception {
    Result result = Viv.of("exec", "--", "sh", "-c", "echo out; echo err >&2").run();

    assertThat(result.outText()).isEqualTo("out\n");
    assertThat(result.errText()).isEqualTo("err\n");
  }

  @Test
  void last_bytes_without_newline_arrive() throws Exception {
    assertThat(Viv.of("exec", "--", "printf", "a\\nb").run().outText()).isEqualTo("a\nb");
  }

  @Test
  void end_of_input_is_seen() throws Exception {
    Viv call = Viv.of("exec", "--", "sh", "-c", "cat; echo end");

    assertThat(call.run().outText()).isEqualTo("end\n");
    assertThat(call.input("abc").run().outText()).isEqualTo("abcend\n");
  }

  @Test
  void what_the_command_writes_is_out_before_it_ends() throws Exception {
    Process viv = Viv.of("exec", "--", "sh", "-c", "echo first; read line; echo $line").start();
    try (BufferedReader out = viv.inputReader();
        OutputStream in = viv.getOutputStream()) {
      assertThat(out.readLine()).isEqualTo("first");
      in.write("second\n".getBytes(UTF_8));
      in.flush();
      assertThat(out.readLine()).isEqualTo("second");
      assertThat(viv.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      Viv.kill(viv);
    }
  }

  @Test
  void command_that_does_not_read_its_input_ends_nevertheless() throws Exception {
    Process viv = Viv.of("exec", "--", "echo", "done").start();
    try (BufferedReader out = viv.inputReader()) {
      // Its standard input stays open.
      assertThat(out.readLine()).isEqualTo("done");
      assertThat(viv.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(viv.exitValue()).isZero();
    } finally {
      Viv.kill(viv);
    }
  }

  @Test
  void slow_reader_slows_the_command_down_and_loses_nothing() throws Exception {
    // What cannot be written must wait: four times the heap would not fit anywhere.
    Process viv =
        Viv.of("exec", "--", "sh", "-c", "head -c 400000000 /dev/zero; echo end >&2")
            .environment("VIV_JAVA_OPTS", "-Xmx100m")
            .start();
    try (InputStream out = viv.getInputStream();
        BufferedReader err = viv.errorReader()) {
      assertThat(out.readNBytes(1).length).isEqualTo(1);
      Thread.sleep(1_000);
      assertThat(err.ready()).isFalse();
      long count = 1 + out.transferTo(OutputStream.nullOutputStream());
      assertThat(count).isEqualTo(400_000_000);
      assertThat(err.readLine()).isEqualTo("end");
      assertThat(viv.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(viv.exitValue()).isZero();
    } finally {
      Viv.kill(viv);
    }
  }

  @Test
  void command_whose_reader_went_away_ends_as_by_SIGPIPE() throws Exception {
    Result result = Viv.script("viv exec -- yes | head -n 1; exit ${PIPESTATUS[0]}").run();

    assertThat(result.outText()).isEqualTo("y\n");
    assertThat(result.status()).isEqualTo(SIGPIPE_STATUS);
    assertThat(result.errText()).isEmpty();
  }

  @Test
  void output_that_cannot_be_written_is_told() throws Exception {
    Result result = Viv.script("viv exec -- echo lost > /dev/full").run();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.errText()).isEqualTo("viv: standard output: No space left on device\n");
  }

  @Test
  void closed_standard_streams_do_no_harm() throws Exception {
    assertThat(Viv.script("viv exec -- cat <&-").run().out()).isEmpty();
    assertThat(Viv.script("viv exec -- echo x >&-").run().errText()).isEmpty();
    assertThat(Viv.script("viv exec -- sh -c 'echo x >&2; echo y' 2>&-").run().outText())
        .isEqualTo("y\n");
  }

  @Test
  void shell_reads_its_script_from_standard_input() throws Exception {
    Result result = Viv.of("sh", "-e", "A=6").input("echo $((A * 7))\nexit 5\n").run();

    assertThat(result.outText()).isEqualTo("42\n");
    assertThat(result.status()).isEqualTo(5);
  }
}
