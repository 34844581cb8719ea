package io.vivarium.kernel.permission;

import io.vivarium.kernel.permission.RuleMatcher.Gain;
import io.vivarium.kernel.permission.RuleMatcher.Node;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Whether a directory that moves takes anything to where more is allowed: follows the same names
 * from the old and the new place at once, and compares what holds there. Where patterns come up
 * that cannot be followed name by name, whatever they might allow counts. One use, one thread.
 */
final class Moves {
  /** How many pairs of places are looked at; a policy with more is taken for one that gains. */
  private static final int MOST_PAIRS = 10_000;

  private final Gain gain;
  private final Set<Pair> seen = new HashSet<>();
  private final Deque<Pair> open = new ArrayDeque<>();

  /** The places of the old and the new path in the tree of rules. */
  private record Pair(Set<Node> from, Set<Node> to) {}

  Moves(Gain gain) {
    this.gain = gain;
  }

  /** Whether some name at or below where the second walk is allows more than with the first. */
  boolean gains(RuleMatcher.Walk from, RuleMatcher.Walk to) {
    add(from.places(), to.places());
    while (!open.isEmpty()) {
      Pair pair = open.remove();
      if (gain.is(RuleMatcher.rule(pair.from), RuleMatcher.rule(pair.to))
          || seen.size() > MOST_PAIRS
          || gainsBelow(pair)) {
        return true;
      }
    }
    return false;
  }

  private boolean gainsBelow(Pair pair) {
    Set<String> old = RuleMatcher.segments(pair.from);
    Set<String> young = RuleMatcher.segments(pair.to);
    if (old == null || young == null) {
      return mayGain(pair);
    }
    old.addAll(young);
    for (String segment : old) {
      add(RuleMatcher.step(pair.from, segment), RuleMatcher.step(pair.to, segment));
    }
    add(RuleMatcher.step(pair.from, null), RuleMatcher.step(pair.to, null));
    return false;
  }

  private void add(Set<Node> from, Set<Node> to) {
    Pair pair = new Pair(from, to);
    // From the same places everything goes on alike.
    if (!from.equals(to) && seen.add(pair)) {
      open.add(pair);
    }
  }

  /** Whether any rule that may match below allows more than any other one there. */
  private boolean mayGain(Pair pair) {
    return any(pair.from, from -> any(pair.to, to -> gain.is(from, to)));
  }

  private static boolean any(Set<Node> places, Predicate<Integer> holds) {
    Set<Integer> rules = new HashSet<>();
    Set<Node> seen = new HashSet<>();
    places.forEach(place -> place.collectRules(rules, seen));
    // What always matches hides the rules before it, and the default.
    int least = RuleMatcher.ruleBelow(places);
    rules.add(least);
    return rules.stream().anyMatch(rule -> rule >= least && holds.test(rule));
  }
}
