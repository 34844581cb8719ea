package io.vivarium;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a command finds in its environment: a machine's defaults, then its own. */
final class EnvironmentVariables {
  private static final String PATH = "/usr/local/bin:/usr/bin:/bin";

  private EnvironmentVariables() {}

  /**
   * The entries {@code NAME=value}.
   *
   * @param login who runs it
   * @param workingDirectory where it starts; guest programs take it from PWD
   */
  static List<String> of(
      Login login,
      String hostname,
      String workingDirectory,
      Map<String, String> machine,
      Map<String, String> command) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("PATH", PATH);
    all.put("HOME", login.home());
    all.put("USER", login.name());
    all.put("LOGNAME", login.name());
    all.put("SHELL", login.shell());
    all.put("HOSTNAME", hostname);
    all.put("LANG", "C.UTF-8");
    all.put("TERM", "dumb");
    // The published git looks for these below the folder it was built in.
    all.put("GIT_CONFIG_SYSTEM", "/etc/gitconfig");
    all.put("GIT_TEMPLATE_DIR", "/usr/share/git-core/templates");
    all.putAll(machine);
    all.putAll(command);
    all.put("PWD", workingDirectory);
    return only(all);
  }

  /** The entries of a command that wants nothing but its own variables. */
  static List<String> only(Map<String, String> variables) {
    List<String> entries = new ArrayList<>(variables.size());
    variables.forEach((name, value) -> entries.add(name + "=" + value));
    return entries;
  }

  /** The value of PATH among entries. */
  static String path(List<String> entries) {
    for (String entry : entries) {
      if (entry.startsWith("PATH=")) {
        return entry.substring("PATH=".length());
      }
    }
    return PATH;
  }
}
