package io.vivarium.conformance.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Signals that {@code viv} gets go to the guest command, and its end tells of them. */
final class SignalsIT {
  @ParameterizedTest
  @CsvSource({"HUP, 129", "INT, 130", "TERM, 143"})
  void signal_ends_the_command_and_shows_in_the_exit_status(String signal, int status)
      throws Exception {
    Process viv =
        Viv.of("exec", "--", "sh", "-c", "echo up; exec sleep 1000").withDefaultSignals().start();
    try (BufferedReader out = viv.inputReader()) {
      assertThat(out.readLine()).isEqualTo("up");
      send(signal, viv);
      assertThat(viv.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(viv.exitValue()).isEqualTo(status);
      assertThat(viv.errorReader().readLine()).isNull();
    } finally {
      Viv.kill(viv);
    }
  }

  private static void send(String signal, Process process)
      throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
  }
}
