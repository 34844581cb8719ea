package io.vivarium.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a raw terminal answers when it is asked where its cursor is. Terminals that people look at
 * do answer; those that programs hold, such as {@code script(1)} and {@code expect(1)}, do not, and
 * a line editor in the machine would wait for the answer in vain.
 *
 * @param isAnswered whether it answered in time
 * @param typed what else came meanwhile: keys, which are for the guest
 */
record CursorReport(boolean isAnswered, byte[] typed) {
  private static final byte[] QUESTION = "\033[6n".getBytes(ISO_8859_1);
  private static final Pattern ANSWER = Pattern.compile("\033\\[\\d{1,5};\\d{1,5}R");
  private static final long POLL_MILLIS = 5;

  /** Most bytes that are read while the answer has not come; what was typed ahead is among them. */
  private static final int MOST_BYTES = 1 << 16;

  /** Asks, and waits for the answer for so long. */
  static CursorReport ask(InputStream keys, OutputStream screen, Duration patience)
      throws InterruptedException {
    StringBuilder read = new StringBuilder();
    try {
      screen.write(QUESTION);
      long deadline = System.nanoTime() + patience.toNanos();
      while (deadline - System.nanoTime() > 0 && read.length() < MOST_BYTES) {
        if (keys.available() == 0) {
          Thread.sleep(POLL_MILLIS);
          continue;
        }
        read.append(new String(keys.readNBytes(keys.available()), ISO_8859_1));
        Matcher answer = ANSWER.matcher(read);
        if (answer.find()) {
          read.delete(answer.start(), answer.end());
          return new CursorReport(true, read.toString().getBytes(ISO_8859_1));
        }
      }
    } catch (IOException e) {
      // The terminal is gone, which whoever reads keys next finds out.
    }
    return new CursorReport(false, read.toString().getBytes(ISO_8859_1));
  }
}
