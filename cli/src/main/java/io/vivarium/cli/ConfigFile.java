package io.vivarium.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A value in a file of settings, YAML or JSON, which is YAML too. Whatever is not as expected is
 * refused with the file, the line and the column.
 */
final class ConfigFile {
  private final String source;
  private final Node node;

  private ConfigFile(String source, Node node) {
    this.source = source;
    this.node = node;
  }

  /**
   * Reads a file.
   *
   * @param option where it was named
   * @throws UsageError when it cannot be read, is empty, or is no YAML
   */
  static ConfigFile read(String option, String file) {
    String source = option + " " + file;
    String text;
    try {
      text = Files.readString(Path.of(file));
    } catch (NoSuchFileException e) {
      throw new UsageError(source + ": there is no such file");
    } catch (CharacterCodingException e) {
      throw new UsageError(source + ": is no text in UTF-8");
    } catch (IOException e) {
      throw new UsageError(source + ": cannot be read: " + e.getMessage());
    }
    return parse(source, text);
  }

  /** Reads text; {@code source} is how messages call it. */
  static ConfigFile parse(String source, String text) {
    LoadSettings settings =
        LoadSettings.builder().setUseMarks(true).setMaxAliasesForCollections(0).build();
    try {
      Optional<Node> root = new Compose(settings).composeString(text);
      if (root.isEmpty()) {
        throw new UsageError(source + ": is empty");
      }
      return new ConfigFile(source, root.get());
    } catch (MarkedYamlEngineException e) {
      throw new UsageError(at(source, e.getProblemMark()) + ": " + e.getProblem());
    } catch (YamlEngineException e) {
      throw new UsageError(source + ": " + e.getMessage());
    }
  }

  private static String at(String source, Optional<Mark> mark) {
    return mark.map(m -> source + ":" + (m.getLine() + 1) + ":" + (m.getColumn() + 1))
        .orElse(source);
  }

  /** Where this value is: the file, the line and the column. */
  String where() {
    return at(source, node.getStartMark());
  }

  /** What to throw because of this value. */
  UsageError error(String message) {
    return new UsageError(where() + ": " + message);
  }

  /** Whether it is a single value. */
  boolean isText() {
    return node instanceof ScalarNode;
  }

  /** A single value as it was written, without quotes. */
  String text(String expected) {
    if (node instanceof ScalarNode scalar) {
      return scalar.getValue();
    }
    throw error("expected " + expected);
  }

  /** The elements of a list; a single value is a list of one. */
  List<String> texts(String expected) {
    if (!(node instanceof SequenceNode sequence)) {
      return List.of(text(expected));
    }
    List<String> texts = new ArrayList<>();
    for (Node element : sequence.getValue()) {
      texts.add(new ConfigFile(source, element).text(expected));
    }
    return texts;
  }

  /** The elements of a list. */
  List<ConfigFile> elements(String expected) {
    if (node instanceof SequenceNode sequence) {
      return sequence.getValue().stream().map(element -> new ConfigFile(source, element)).toList();
    }
    throw error("expected " + expected);
  }

  /** The entries of a mapping in order; a key that comes twice is refused. */
  Map<String, ConfigFile> entries(String expected) {
    if (!(node instanceof MappingNode mapping)) {
      throw error("expected " + expected);
    }
    Map<String, ConfigFile> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      ConfigFile key = new ConfigFile(source, tuple.getKeyNode());
      String name = key.text("a name");
      if (entries.put(name, new ConfigFile(source, tuple.getValueNode())) != null) {
        throw key.error(name + " is there twice");
      }
    }
    return entries;
  }

  /** As {@link #entries}, with a set of names there may be. */
  Map<String, ConfigFile> entries(String expected, Set<String> names) {
    Map<String, ConfigFile> entries = entries(expected);
    entries.forEach((name, value) -> {
      if (!names.contains(name)) {
        throw value.error("unknown name " + name + "; there are " + String.join(", ", names));
      }
    });
    return entries;
  }
}
