package io.vivarium.kernel.permission;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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
  private static final class Node {
    /** Whether any segment leads from here to here: behind a {@code **}. */
    private final boolean repeats;

    private final Map<String, Node> literals = new HashMap<>();
    private final List<Wild> wilds = new ArrayList<>();
    private @Nullable Node anything;
    private int rule = NONE;

    Node(boolean repeats) {
      this.repeats = repeats;
    }

    boolean leadsOn() {
      return !literals.isEmpty() || !wilds.isEmpty();
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

    /** The last rule that matches everything below too, or {@link #NONE}. */
    int ruleBelow() {
      int last = NONE;
      for (Node node : at) {
        if (node.repeats) {
          last = Math.max(last, node.rule);
        }
      }
      return last;
    }

    /** Whether other rules may match below than {@link #ruleBelow} says. */
    boolean branchesBelow() {
      return at.stream().anyMatch(Node::leadsOn);
    }
  }
}
