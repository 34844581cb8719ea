package io.vivarium.kernel.permission;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A denial for the flight recorder. */
@Name("vivarium.PermissionDenied")
@Label("Permission Denied")
@Category("Vivarium")
@Description("A guest was denied something by the policy of its machine")
@StackTrace(false)
final class PermissionFlightEvent extends Event {
  @Label("Process")
  int pid;

  @Label("Domain")
  String domain = "";

  @Label("Operation")
  String operation = "";

  @Label("Object")
  String object = "";

  @Label("Reason")
  String reason = "";

  static void commit(PermissionDecision decision) {
    PermissionFlightEvent record = new PermissionFlightEvent();
    if (record.shouldCommit()) {
      record.pid = decision.pid();
      record.domain = decision.domain().key();
      record.operation = decision.operation();
      record.object = decision.object();
      record.reason = decision.reason();
      record.commit();
    }
  }
}
