package io.vivarium.kernel.trace;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import org.jspecify.annotations.Nullable;

/**
 * A system call of a guest, for the flight recorder. Made only by machines that are measured; by
 * default those that took 10 milliseconds and more are recorded.
 */
@Name("vivarium.SystemCall")
@Label("System Call")
@Category("Vivarium")
@Description("A system call of a guest")
@Threshold("10 ms")
@StackTrace(false)
public final class SystemCallFlightEvent extends Event {
  @Label("Machine")
  @Nullable String machine;

  @Label("Name")
  @Nullable String name;

  @Label("Process")
  int pid;

  @Label("Error")
  @Description("Name of the error; empty for success")
  @Nullable String error;

  /** An event that has not begun. */
  public SystemCallFlightEvent() {}

  void fill(String machineId, String call, int process, @Nullable String failure) {
    machine = machineId;
    name = call;
    pid = process;
    error = failure == null ? "" : failure;
  }
}
