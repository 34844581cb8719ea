package io.vivarium.kernel.fs.oracle;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs random sequences of operations against an experiment and, when one fails, looks for a short
 * sequence that still does and reports it with its seed.
 */
public final class RandomOperations {
  /** Something that operations are done to, and checked after each one. */
  public interface Experiment extends AutoCloseable {
    /** Does an operation and checks everything; throws AssertionError when something is wrong. */
    void step(Operation operation);

    @Override
    void close();
  }

  private final int length;

  /** Sequences of {@code length} operations. */
  public RandomOperations(int length) {
    this.length = length;
  }

  /** Runs the sequences of the seeds from {@code firstSeed} on. */
  public void run(long firstSeed, int count, Supplier<? extends Experiment> experiments) {
    for (long seed = firstSeed; seed < firstSeed + count; seed++) {
      List<Operation> operations = operations(seed);
      if (failure(operations, experiments) != null) {
        List<Operation> small = shrink(operations, experiments);
        AssertionError failure = failure(small, experiments);
        throw new AssertionError(
            "seed " + seed + ", shrunk to:\n  " + String.join("\n  ", texts(small)), failure);
      }
    }
  }

  private List<Operation> operations(long seed) {
    Random random = new Random(seed);
    List<Operation> operations = new ArrayList<>(length);
    for (int i = 0; i < length; i++) {
      operations.add(Operation.random(random));
    }
    return operations;
  }

  private static @Nullable AssertionError failure(
      List<Operation> operations, Supplier<? extends Experiment> experiments) {
    try (Experiment experiment = experiments.get()) {
      for (Operation operation : operations) {
        try {
          experiment.step(operation);
        } catch (RuntimeException e) {
          throw new AssertionError("unexpected exception in " + operation, e);
        }
      }
      return null;
    } catch (AssertionError e) {
      return e;
    }
  }

  private static List<Operation> shrink(
      List<Operation> failing, Supplier<? extends Experiment> experiments) {
    List<Operation> small = failing;
    for (int chunk = small.size() / 2; chunk > 0; chunk = Math.min(chunk / 2, small.size() / 2)) {
      for (int at = 0; at + chunk <= small.size(); ) {
        List<Operation> without = new ArrayList<>(small.subList(0, at));
        without.addAll(small.subList(at + chunk, small.size()));
        if (failure(without, experiments) != null) {
          small = without;
        } else {
          at += chunk;
        }
      }
    }
    return small;
  }

  private static List<String> texts(List<Operation> operations) {
    return operations.stream().map(Operation::text).toList();
  }
}
