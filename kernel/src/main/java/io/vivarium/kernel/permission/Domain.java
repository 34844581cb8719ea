package io.vivarium.kernel.permission;

import io.vivarium.kernel.fs.FileOperation;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a rule is about, with the operations there are. */
public enum Domain {
  /** Files, by the path at which they really are. */
  FS(
      "fs",
      Arrays.stream(FileOperation.values()).map(o -> o.name().toLowerCase(Locale.ROOT)).toList()),
  /**
   * The network: addresses such as {@code tcp:127.0.0.1:80} and {@code udp:[::1]:53}. Within the
   * machine there are {@code listen} and {@code connect}.
   */
  NETWORK("network", List.of("fetch", "http", "dns", "listen", "connect")),
  /** Programs, by the path at which they really are, or their file name. */
  PROCESS("process", List.of("spawn")),
  /** Environment variables that a program gets, by name. */
  ENVIRONMENT("env", List.of("pass")),
  /** Functions of the host, by name. */
  HOST_FUNCTION("host-function", List.of("call"));

  private final String key;

  @SuppressWarnings("ImmutableEnumChecker") // what List.of and toList make is
  private final List<String> operations;

  Domain(String key, List<String> operations) {
    this.key = key;
    this.operations = operations;
  }

  /** Its name in files and on command lines. */
  public String key() {
    return key;
  }

  /** The operations, in the order in which {@link #operation} numbers them. */
  public List<String> operations() {
    return operations;
  }

  /**
   * The number of an operation.
   *
   * @throws IllegalArgumentException when there is none of the name; the message has those there
   *     are
   */
  int operation(String name) {
    int number = operations.indexOf(name);
    if (number < 0) {
      throw new IllegalArgumentException(
          key + " has no operation " + name + "; it has " + String.join(", ", operations));
    }
    return number;
  }

  /**
   * The domain with a key.
   *
   * @throws IllegalArgumentException when there is none; the message has those there are
   */
  public static Domain of(String key) {
    for (Domain domain : values()) {
      if (domain.key.equals(key)) {
        return domain;
      }
    }
    String keys = Arrays.stream(values()).map(Domain::key).collect(Collectors.joining(", "));
    throw new IllegalArgumentException("There is no domain " + key + "; there are " + keys);
  }
}
