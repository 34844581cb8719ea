package io.vivarium.kernel.limit;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** {@link LimitEvent} for the flight recorder. */
@Name("vivarium.Limit")
@Label("Machine Limit")
@Category("Vivarium")
@Description("A figure of a machine came near its limit or reached it")
@StackTrace(false)
final class LimitFlightEvent extends Event {
  @Label("Limit")
  String limit = "";

  @Label("Process")
  int pid;

  @Label("Used")
  long used;

  @Label("Capacity")
  long capacity;

  @Label("Reached")
  boolean reached;

  static void commit(String limit, int pid, long used, long capacity, boolean reached) {
    LimitFlightEvent record = new LimitFlightEvent();
    if (record.shouldCommit()) {
      record.limit = limit;
      record.pid = pid;
      record.used = used;
      record.capacity = capacity;
      record.reached = reached;
      record.commit();
    }
  }
}
