package io.vivarium.bench.scale;

import io.vivarium.Command;
import io.vivarium.VirtualMachine;
import io.vivarium.Vivarium;

/** The first machine of a JVM; {@link Launches} runs this in JVMs of its own. */
final class FirstMachine {
  private FirstMachine() {}

  /** Prints how many nanoseconds it took to create what the argument says: create, or true. */
  public static void main(String[] arguments) {
    long start = System.nanoTime();
    try (Vivarium vivarium = Vivarium.create()) {
      if (arguments[0].equals("true")) {
        try (VirtualMachine machine = vivarium.machine()) {
          machine.exec(Command.of("true"));
        }
      }
      System.out.println(System.nanoTime() - start);
    }
  }
}
