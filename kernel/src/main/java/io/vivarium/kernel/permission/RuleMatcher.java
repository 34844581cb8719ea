package io.vivarium.kernel.permission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The rules for one operation, compiled: finds the last one that matches. The patterns share a tree
 * of segments, through which what is asked about walks once, so literal segments cost a look-up in
 * a table however many rules there are. Immutable once built; thread-safe.
 */
final class RuleMatcher {
  /** Number of no rule. */
  static final int NONE = -1;

  private final Node root = new Node(false);

  /** A place in the tree: what comes after the segments that lead here. */
  static final class Node {
    /** Whether any segment leads from here to here: behind a {@code **}. */
    private final boolean repeats;

    private final Map<String, Node> literals = new HashMap<>();
    private final List<Wild> wilds = new ArrayList<>();
    private @Nullable Node anything;
    private int rule = NONE;

    Node(boolean repeats) {
      this.repeats = repeats;
    }

    /** The last rule that matches what leads here, or {@link #NONE}. */
    int ruleOnEntry() {
      int last = rule;
      for (Node present = anything; present != null; present = present.anything) {
        last = Math.max(last, present.rule);
      }
      return last;
    }

    /** The rules that may match here or below. */
    void collectRules(Set<Integer> into, Set<Node> seen) {
      if (!seen.add(this)) {
        return;
      }
      if (rule != NONE) {
        into.add(rule);
      }
      literals.values().forEach(next -> next.collectRules(into, seen));
      wilds.forEach(wild -> wild.next.collectRules(into, seen));
      if (anything != null) {
        anything.collectRules(into, seen);
      }
    }
  }

  private record Wild(String pattern, Node next) {}

  /** Adds the pattern of a rule; rules are added in order. */
  void add(String[] segments, int rule) {
    Node node = root;
    for (String segment : segments) {
      node = next(node, segment);
    }
    node.rule = rule;
  }

  private static Node next(Node node, String segment) {
    if (segment.equals("**")) {
      if (node.repeats) {
        return node;
      }
      Node anything = node.anything;
      if (anything == null) {
        anything = new Node(true);
        node.anything = anything;
      }
      return anything;
    }
    if (!Glob.isWild(segment)) {
      return node.literals.computeIfAbsent(segment, name -> new Node(false));
    }
    for (Wild wild : node.wilds) {
      if (wild.pattern.equals(segment)) {
        return wild.next;
      }
    }
    Wild added = new Wild(segment, new Node(false));
    node.wilds.add(added);
    return added.next;
  }

  /** Where a walk is: at several places of the tree at once. One walk at a time, one thread. */
  final class Walk {
    private List<Node> at = new ArrayList<>(4);
    private List<Node> spare = new ArrayList<>(4);

    Walk() {
      enter(at, root);
    }

    private static void enter(List<Node> into, Node node) {
      for (Node present = node; present != null; present = present.anything) {
        if (!into.contains(present)) {
          into.add(present);
        }
      }
    }

    /** Takes a segment. */
    void step(String segment) {
      List<Node> next = spare;
      next.clear();
      for (int i = 0; i < at.size(); i++) {
        Node node = at.get(i);
        if (node.repeats) {
          enter(next, node);
        }
        Node literal = node.literals.get(segment);
        if (literal != null) {
          enter(next, literal);
        }
        for (int j = 0; j < node.wilds.size(); j++) {
          Wild wild = node.wilds.get(j);
          if (Glob.matches(wild.pattern, segment)) {
            enter(next, wild.next);
          }
        }
      }
      spare = at;
      at = next;
    }

    /** The last rule that matches what was walked, or {@link #NONE}. */
    int rule() {
      int last = NONE;
      for (int i = 0; i < at.size(); i++) {
        last = Math.max(last, at.get(i).rule);
      }
      return last;
    }

    /** The places as a value. */
    Set<Node> places() {
      return Set.copyOf(at);
    }

    /** The places, to go on from more than once. */
    Places here() {
      return new Places(at.toArray(Node[]::new));
    }
  }

  /** Where a walk came to. Immutable; thread-safe. */
  static final class Places {
    private final int rule;
    // The last rule that matches any segment that follows, and the places where it matters which.
    private final int ruleOfAny;
    private final Node[] choices;

    private Places(Node[] at) {
      int here = NONE;
      int any = NONE;
      List<Node> choosing = new ArrayList<>();
      for (Node node : at) {
        here = Math.max(here, node.rule);
        if (node.repeats) {
          any = Math.max(any, node.ruleOnEntry());
        }
        if (!node.literals.isEmpty() || !node.wilds.isEmpty()) {
          choosing.add(node);
        }
      }
      this.rule = here;
      this.ruleOfAny = any;
      this.choices = choosing.toArray(Node[]::new);
    }

    /** The last rule that matches what was walked, or {@link #NONE}. */
    int rule() {
      return rule;
    }

    /** The last rule that matches what was walked and one segment more, or {@link #NONE}. */
    int ruleOf(String segment) {
      int last = ruleOfAny;
      for (Node node : choices) {
        Node literal = node.literals.get(segment);
        if (literal != null) {
          last = Math.max(last, literal.ruleOnEntry());
        }
        for (int i = 0; i < node.wilds.size(); i++) {
          Wild wild = node.wilds.get(i);
          if (Glob.matches(wild.pattern, segment)) {
            last = Math.max(last, wild.next.ruleOnEntry());
          }
        }
      }
      return last;
    }
  }

  /** Compares two rules, either of which may be {@link #NONE}. */
  @FunctionalInterface
  interface Gain {
    /** Whether the second allows more. */
    boolean is(int from, int to);
  }

  /** The last rule that matches at some places, or {@link #NONE}. */
  static int rule(Set<Node> places) {
    int last = NONE;
    for (Node place : places) {
      last = Math.max(last, place.rule);
    }
    return last;
  }

  /** The last rule that matches whatever comes below some places, or {@link #NONE}. */
  static int ruleBelow(Set<Node> places) {
    int last = NONE;
    for (Node place : places) {
      if (place.repeats) {
        last = Math.max(last, place.rule);
      }
    }
    return last;
  }

  /** The places to which a segment leads; one that no literal names where it is null. */
  static Set<Node> step(Set<Node> places, @Nullable String segment) {
    List<Node> next = new ArrayList<>();
    for (Node place : places) {
      if (place.repeats) {
        Walk.enter(next, place);
      }
      Node literal = segment == null ? null : place.literals.get(segment);
      if (literal != null) {
        Walk.enter(next, literal);
      }
    }
    return Set.copyOf(next);
  }

  /** The segments that lead on from some places; null when there are patterns among them. */
  static @Nullable Set<String> segments(Set<Node> places) {
    Set<String> segments = new HashSet<>();
    for (Node place : places) {
      if (!place.wilds.isEmpty()) {
        return null;
      }
      segments.addAll(place.literals.keySet());
    }
    return segments;
  }
}
