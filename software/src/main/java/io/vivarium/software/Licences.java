package io.vivarium.software;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which project a command comes from, and under which licence. */
public final class Licences {
  /**
   * One program.
   *
   * @param project the project and its version
   * @param spdx its licence as an SPDX expression
   */
  public record Licence(String project, String spdx) {}

  private static final String RESOURCE = "licences.tsv";

  private final Map<String, Licence> byCommand;

  private Licences(Map<String, Licence> byCommand) {
    this.byCommand = Collections.unmodifiableMap(byCommand);
  }

  /** The table that comes with this release. */
  public static Licences load() {
    Map<String, Licence> byCommand = new HashMap<>();
    try (InputStream in = Licences.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("The resource " + RESOURCE + " is missing");
      }
      BufferedReader reader = new BufferedReader(new InputStreamReader(in, UTF_8));
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        String[] parts = line.split("\t", -1);
        if (!line.startsWith("#") && parts.length == 3) {
          byCommand.put(parts[0], new Licence(parts[1], parts[2]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Licences(byCommand);
  }

  /** All commands of some software with their projects and licences, for people to read. */
  List<String> lines(Software software) {
    NpmPackage origin = software.origin();
    List<String> lines = new ArrayList<>();
    lines.add(
        "The commands of the npm package " + origin.spec() + ", which is " + origin.licence());
    lines.add("as a whole. The programs in it have licences of their own:");
    lines.add("");
    for (String command : software.commands().keySet()) {
      Licence own = of(command);
      lines.add(
          own == null
              ? command + ": " + origin.licence()
              : command + ": " + own.project() + ", " + own.spdx());
    }
    return lines;
  }

  /** The licence of a command's own program; null when only its package's is known. */
  public @Nullable Licence of(String command) {
    return byCommand.get(command);
  }
}
