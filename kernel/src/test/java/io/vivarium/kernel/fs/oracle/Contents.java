package io.vivarium.kernel.fs.oracle;

import java.util.Arrays;
import java.util.List;

/** How trees write down what is in their files, so that equal files look equal. */
final class Contents {
  private static final int SHORT = 24;

  private Contents() {}

  static String summary(byte[] bytes) {
    String text = bytes.length <= SHORT ? Arrays.toString(bytes) : "hash " + Arrays.hashCode(bytes);
    return bytes.length + ":" + text;
  }

  static String line(
      String path, int mode, int links, String contents, List<String> xattrs, String firstPath) {
    return "/%s %o links=%d [%s] %s = %s"
        .formatted(path, mode, links, contents, xattrs, firstPath.equals(path) ? "" : firstPath);
  }
}
