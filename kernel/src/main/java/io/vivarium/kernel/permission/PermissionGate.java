package io.vivarium.kernel.permission;

import static io.vivarium.kernel.errno.Errno.EACCES;

import io.vivarium.kernel.event.EventSink;
import io.vivarium.kernel.fs.FileOperation;
import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.fs.Gate;
import io.vivarium.kernel.fs.Location;
import io.vivarium.kernel.fs.RenameSequence;
import io.vivarium.kernel.trace.Phase;
import io.vivarium.kernel.trace.PhaseClock;
import io.vivarium.kernel.wait.Task;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Holds guests to the policy of their machine: the one place where it is decided whether something
 * may be done. Denials answer EACCES. Thread-safe.
 */
public final class PermissionGate implements Gate {
  /** What contents and attributes a name gives access to; a new name must not give more. */
  private static final List<FileOperation> THROUGH_A_NAME =
      List.of(
          FileOperation.READ,
          FileOperation.WRITE,
          FileOperation.READDIR,
          FileOperation.STAT,
          FileOperation.READLINK,
          FileOperation.TRUNCATE,
          FileOperation.CHMOD,
          FileOperation.CHOWN,
          FileOperation.UTIMES);

  private static final int SPAWN = 0;
  private static final int PASS = 0;

  private final Map<Domain, CompiledDomain> domains = new EnumMap<>(Domain.class);
  private final CompiledDomain files;
  private final DirectoryCache directories;
  private final Questions questions;
  private final boolean explain;
  private final EventSink events;
  private final Supplier<Task> task;
  private final IntSupplier pid;

  /**
   * A gate.
   *
   * @param renames says when directories of the machine move
   * @param events is told
   * @param task who is calling, and waits for answers
   * @param pid the process that is calling; 0 for the host
   */
  public PermissionGate(
      PermissionOptions options,
      RenameSequence renames,
      EventSink events,
      Supplier<Task> task,
      IntSupplier pid) {
    for (Domain domain : Domain.values()) {
      domains.put(domain, new CompiledDomain(domain, options.policy().domain(domain)));
    }
    this.files = compiled(Domain.FS);
    this.directories = new DirectoryCache(files, renames);
    this.questions = new Questions(options.prompt(), options.deadline());
    this.explain = options.explain();
    this.events = events;
    this.task = task;
    this.pid = pid;
  }

  private CompiledDomain compiled(Domain domain) {
    return Objects.requireNonNull(domains.get(domain));
  }

  // ---- files ------------------------------------------------------------------------------------

  @Override
  public void check(FileOperation operation, Location place) {
    checkFile(operation, place, null);
  }

  @Override
  public void check(FileOperation operation, Location directory, String name) {
    checkFile(operation, directory, name);
  }

  @Override
  public void checkPassed(FileOperation operation, Location place) {
    checkFile(operation, place, null);
  }

  private void checkFile(FileOperation operation, Location place, @Nullable String name) {
    Phase before = PhaseClock.enter(Phase.PERMISSION);
    try {
      decideFile(operation, place, name);
    } finally {
      PhaseClock.leave(before);
    }
  }

  private void decideFile(FileOperation operation, Location place, @Nullable String name) {
    if (!explain && (files.allowsAll() || isKnownToBeAllowed(operation, place, name))) {
      return;
    }
    List<String> names = new ArrayList<>();
    if (!place.collectNames(names)) {
      if (name != null || isContents(operation, place.inode().type())) {
        checkNameless(files, number(operation), place, name);
      }
      return;
    }
    if (names.isEmpty() && name == null && isAboutBeing(operation)) {
      return;
    }
    RuleMatcher.Walk walk = walk(files.walkPaths(number(operation)), names, name);
    int rule = walk.rule();
    decide(files, number(operation), rule, () -> path(names, name));
    if (files.mode(rule) == PermissionMode.ASK) {
      checkStill(operation, place, name, names);
    }
  }

  /** Decides what is allowed without a walk; what is not, or is not known, takes the long way. */
  private boolean isKnownToBeAllowed(
      FileOperation operation, Location place, @Nullable String name) {
    if (place.inode().type() != FileType.DIRECTORY || (name != null && name.indexOf('/') >= 0)) {
      return false;
    }
    RuleMatcher.Places at = directories.places(place, number(operation));
    return at != null && files.allows(name == null ? at.rule() : at.ruleOf(name));
  }

  /** That there is a root directory is no secret; every program starts with it. */
  private static boolean isAboutBeing(FileOperation operation) {
    return operation == FileOperation.STAT || operation == FileOperation.EXISTS;
  }

  /** Whether an operation gives access to the contents of a file, which may have a name no more. */
  private static boolean isContents(FileOperation operation, FileType type) {
    return switch (operation) {
      case READ, WRITE, READDIR -> type == FileType.REGULAR || type == FileType.DIRECTORY;
      default -> false;
    };
  }

  /** The strictest of all that is said about an operation holds for what has no name. */
  private void checkNameless(
      CompiledDomain domain, int operation, Location place, @Nullable String name) {
    int rule = domain.strictest(operation);
    decide(domain, operation, rule, () -> place.path() + (name == null ? "" : "/" + name));
  }

  /** An answer holds for the path that was asked about; what is elsewhere by now is denied. */
  private void checkStill(
      FileOperation operation, Location place, @Nullable String name, List<String> asked) {
    List<String> now = new ArrayList<>();
    if (!place.collectNames(now) || !now.equals(asked)) {
      tell(files, number(operation), path(now, name), false, "it was moved during the question");
      throw EACCES.exception();
    }
  }

  /** The number of an operation on files, in whose order {@link Domain#FS} has them. */
  @SuppressWarnings("EnumOrdinal")
  private static int number(FileOperation operation) {
    return operation.ordinal();
  }

  private static RuleMatcher.Walk walk(
      RuleMatcher.Walk walk, List<String> names, @Nullable String name) {
    for (int i = names.size() - 1; i >= 0; i--) {
      walk.step(names.get(i));
    }
    if (name != null) {
      if (name.indexOf('/') < 0) {
        walk.step(name);
      } else {
        for (String segment : CompiledDomain.segments(name)) {
          if (!segment.isEmpty()) {
            walk.step(segment);
          }
        }
      }
    }
    return walk;
  }

  private static String path(List<String> names, @Nullable String name) {
    String directory = String.join("/", names.reversed());
    if (name == null) {
      return "/" + directory;
    }
    return directory.isEmpty() ? "/" + name : "/" + directory + "/" + name;
  }

  @Override
  public void checkMove(
      FileOperation operation,
      Location fromDirectory,
      String fromName,
      Location toDirectory,
      String toName,
      boolean whole) {
    if (files.allowsAll()) {
      return;
    }
    List<String> from = new ArrayList<>();
    List<String> to = new ArrayList<>();
    if (!fromDirectory.collectNames(from) || !toDirectory.collectNames(to)) {
      return;
    }
    for (FileOperation through : THROUGH_A_NAME) {
      RuleMatcher.Walk before = walk(files.walkPaths(number(through)), from, fromName);
      RuleMatcher.Walk after = walk(files.walkPaths(number(through)), to, toName);
      if (files.gains(before, after, whole)) {
        tell(
            files,
            number(operation),
            path(from, fromName) + " as " + path(to, toName),
            false,
            "more would be allowed under the new name: "
                + Domain.FS.operations().get(number(through)));
        throw EACCES.exception();
      }
    }
  }

  // ---- programs and what they get ---------------------------------------------------------------

  /** A gate for those who look for programs: whatever is done, it asks whether it may be run. */
  public Gate programs() {
    return new Gate() {
      @Override
      public void check(FileOperation operation, Location place) {
        checkProgram(place, null);
      }

      @Override
      public void check(FileOperation operation, Location directory, String name) {
        checkProgram(directory, name);
      }

      @Override
      public void checkPassed(FileOperation operation, Location place) {
        // Where a program is decides, not the way to it.
      }

      @Override
      public void checkMove(
          FileOperation operation,
          Location fromDirectory,
          String fromName,
          Location toDirectory,
          String toName,
          boolean whole) {
        throw new IllegalStateException("programs are only looked for");
      }
    };
  }

  private void checkProgram(Location place, @Nullable String name) {
    CompiledDomain programs = compiled(Domain.PROCESS);
    List<String> names = new ArrayList<>();
    if (programs.allowsAll() && !explain) {
      return;
    }
    if (!place.collectNames(names)) {
      checkNameless(programs, SPAWN, place, name);
      return;
    }
    RuleMatcher.Walk byPath = walk(programs.walkPaths(SPAWN), names, name);
    String path = path(names, name);
    RuleMatcher.Walk byName = programs.walkNames(SPAWN);
    byName.step(path.substring(path.lastIndexOf('/') + 1));
    decide(programs, SPAWN, Math.max(byPath.rule(), byName.rule()), () -> path);
  }

  /** The variables of an environment that a program may get; asks for each. */
  public List<String> passed(List<String> environment) {
    CompiledDomain variables = compiled(Domain.ENVIRONMENT);
    if (variables.allowsAll() && !explain) {
      return environment;
    }
    List<String> passed = new ArrayList<>(environment.size());
    for (String entry : environment) {
      int equals = entry.indexOf('=');
      String name = equals < 0 ? entry : entry.substring(0, equals);
      if (isAllowed(variables, PASS, ruleFor(variables, PASS, name), () -> name)) {
        passed.add(entry);
      }
    }
    return passed;
  }

  /**
   * Asks about an address, a name of a function, or the like.
   *
   * @throws IllegalArgumentException when the domain has no such operation
   */
  public void check(Domain domain, String operation, String object) {
    CompiledDomain compiled = compiled(domain);
    int number = domain.operation(operation);
    decide(compiled, number, ruleFor(compiled, number, object), () -> object);
  }

  private static int ruleFor(CompiledDomain domain, int operation, String name) {
    RuleMatcher.Walk walk = domain.walkNames(operation);
    for (String segment : CompiledDomain.segments(name)) {
      walk.step(segment);
    }
    return walk.rule();
  }

  // ---- deciding ---------------------------------------------------------------------------------

  private void decide(CompiledDomain domain, int operation, int rule, Supplier<String> object) {
    if (!isAllowed(domain, operation, rule, object)) {
      throw EACCES.exception();
    }
  }

  private boolean isAllowed(
      CompiledDomain domain, int operation, int rule, Supplier<String> object) {
    PermissionMode mode = domain.mode(rule);
    if (mode == PermissionMode.ALLOW) {
      if (explain) {
        tell(domain, operation, object.get(), true, domain.describe(rule));
      }
      return true;
    }
    String what = object.get();
    if (mode == PermissionMode.DENY) {
      tell(domain, operation, what, false, domain.describe(rule));
      return false;
    }
    String name = domain.domain().operations().get(operation);
    Questions.Outcome outcome =
        questions.ask(task.get(), pid.getAsInt(), domain.domain(), name, what, rule);
    tell(domain, operation, what, outcome.allowed(), domain.describe(rule) + "; " + outcome.how());
    return outcome.allowed();
  }

  private void tell(
      CompiledDomain domain, int operation, String object, boolean allowed, String reason) {
    PermissionDecision decision =
        new PermissionDecision(
            pid.getAsInt(),
            domain.domain(),
            domain.domain().operations().get(operation),
            object,
            allowed,
            reason);
    if (!allowed) {
      PermissionFlightEvent.commit(decision);
    }
    events.accept(decision);
  }
}
