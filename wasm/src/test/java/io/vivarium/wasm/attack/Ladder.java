package io.vivarium.wasm.attack;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A way to a limit, step by step, for a guest.
 *
 * @param prepare calls that have to succeed first
 * @param step the n-th step, counted from 0
 * @param down calls after the last step that give it back
 * @param refused calls that fail at the limit as a step does
 */
record Ladder(
    List<Call> prepare,
    BiFunction<Guest, Integer, Call> step,
    List<Call> down,
    List<Call> refused) {

  static Ladder of(BiFunction<Guest, Integer, Call> step, Call... down) {
    return new Ladder(List.of(), step, List.of(down), List.of());
  }

  /** The same, but some calls come first. */
  Ladder after(Call... calls) {
    return new Ladder(List.of(calls), step, down, refused);
  }

  /** The same, and these are refused too. */
  Ladder refusing(Call... calls) {
    List<Call> all = new ArrayList<>(refused);
    all.addAll(List.of(calls));
    return new Ladder(prepare, step, down, all);
  }
}
