package io.vivarium;

import io.vivarium.kernel.permission.DomainPolicy;
import io.vivarium.kernel.permission.PermissionMode;
import io.vivarium.kernel.permission.PermissionOptions;
import io.vivarium.kernel.permission.PermissionPolicy;
import io.vivarium.kernel.permission.PermissionPrompt;
import io.vivarium.kernel.permission.PermissionRule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What guests of a machine may do. Immutable; made with {@link #builder}.
 *
 * <p>In every {@link Domain} the last rule that matches decides, and where none does the default of
 * the domain, which is to deny. Rules are about the object that is really meant: symlinks, ".." and
 * /proc/self/fd are followed before, and a new file counts as in its real directory. What is denied
 * answers EACCES to the guest.
 *
 * <p>In patterns {@code ?} is one character and {@code *} any number of them, neither a slash;
 * {@code **} between slashes is any number of directories, so that {@code /work/**} is /work and
 * everything below; {@code *} alone is everything. Everything else is itself.
 *
 * <pre>{@code
 * Permissions.builder()
 *     .allow(Domain.FS, "*")
 *     .deny(Domain.FS, List.of("write", "rm", "rename"), "/etc/**")
 *     .allow(Domain.PROCESS, "sh", "ls", "git")
 *     .allow(Domain.ENVIRONMENT, "*")
 *     .build();
 * }</pre>
 */
public final class Permissions {
  /**
   * What machines have unless said otherwise: everything in the machine is allowed, the network and
   * functions of the host are denied.
   */
  public static final Permissions STANDARD = new Permissions(PermissionOptions.STANDARD);

  private final PermissionOptions options;

  private Permissions(PermissionOptions options) {
    this.options = options;
  }

  PermissionOptions options() {
    return options;
  }

  /** What rules are about. */
  public enum Domain {
    /**
     * Files. Operations: read, write, mkdir, readdir, stat, rm, rename, exists, symlink, readlink,
     * link, chmod, chown, utimes, truncate, mount.
     */
    FS,
    /** The network outside of the machine. Operations: fetch, http, dns, listen. */
    NETWORK,
    /** Programs, by path, or by file name where a pattern has no slash. Operation: spawn. */
    PROCESS,
    /** Environment variables that programs get, by name. Operation: pass. */
    ENVIRONMENT,
    /** Functions of the host. Operation: call. */
    HOST_FUNCTION;

    private io.vivarium.kernel.permission.Domain inKernel() {
      return io.vivarium.kernel.permission.Domain.valueOf(name());
    }

    /** Its name in files and on command lines: fs, network, process, env, host-function. */
    public String key() {
      return inKernel().key();
    }

    /** The operations there are. */
    public List<String> operations() {
      return inKernel().operations();
    }

    /**
     * The domain with a key.
     *
     * @throws IllegalArgumentException when there is none; the message has those there are
     */
    public static Domain of(String key) {
      return valueOf(io.vivarium.kernel.permission.Domain.of(key).name());
    }
  }

  /** What a rule says. */
  public enum Mode {
    /** It may be done. */
    ALLOW,
    /** {@link Builder#prompt} is asked; without one it may not be done. */
    ASK,
    /** It may not be done. */
    DENY
  }

  /**
   * Something that a guest wants to do.
   *
   * @param pid the process; 0 for a command that the host starts
   * @param domain what it is about
   * @param operation what is to be done
   * @param object to what: a path, an address, a name
   */
  public record Question(int pid, Domain domain, String operation, String object) {}

  /** What can be answered. */
  public enum Answer {
    /** Yes, this time. */
    ALLOW,
    /** No, this time. */
    DENY,
    /** Yes, and whenever the same rule asks about the same operation. */
    ALWAYS_ALLOW,
    /** No, and whenever the same rule asks about the same operation. */
    ALWAYS_DENY
  }

  /**
   * Answers questions. Called on a virtual thread of its own for each, several at the same time;
   * when it is too late for an answer, the thread is interrupted. What it throws means no.
   */
  @FunctionalInterface
  public interface Prompt {
    /** Answers one. */
    Answer ask(Question question);
  }

  /** Nothing is allowed yet. */
  public static Builder builder() {
    return new Builder();
  }

  /** Makes permissions. Mutable, used by one thread. */
  public static final class Builder {
    private final Map<Domain, Mode> defaults = new EnumMap<>(Domain.class);
    private final Map<Domain, List<PermissionRule>> rules = new EnumMap<>(Domain.class);
    private @Nullable Prompt prompt;
    private Duration deadline = PermissionOptions.DEADLINE;
    private boolean explain;

    private Builder() {}

    /** What holds where no rule matches. */
    public Builder initially(Domain domain, Mode mode) {
      defaults.put(domain, mode);
      return this;
    }

    /**
     * Adds a rule; later rules win over earlier ones.
     *
     * @param operations what it is about; "*" is all
     * @param patterns to what
     * @throws IllegalArgumentException when one of the lists is empty
     */
    public Builder rule(Mode mode, Domain domain, List<String> operations, List<String> patterns) {
      rules
          .computeIfAbsent(domain, added -> new ArrayList<>())
          .add(new PermissionRule(PermissionMode.valueOf(mode.name()), operations, patterns));
      return this;
    }

    /** Adds a rule that allows every operation. */
    public Builder allow(Domain domain, String... patterns) {
      return allow(domain, List.of(PermissionRule.ALL), patterns);
    }

    /** Adds a rule that allows some operations. */
    public Builder allow(Domain domain, List<String> operations, String... patterns) {
      return rule(Mode.ALLOW, domain, operations, List.of(patterns));
    }

    /** Adds a rule that asks about every operation. */
    public Builder ask(Domain domain, String... patterns) {
      return ask(domain, List.of(PermissionRule.ALL), patterns);
    }

    /** Adds a rule that asks about some operations. */
    public Builder ask(Domain domain, List<String> operations, String... patterns) {
      return rule(Mode.ASK, domain, operations, List.of(patterns));
    }

    /** Adds a rule that denies every operation. */
    public Builder deny(Domain domain, String... patterns) {
      return deny(domain, List.of(PermissionRule.ALL), patterns);
    }

    /** Adds a rule that denies some operations. */
    public Builder deny(Domain domain, List<String> operations, String... patterns) {
      return rule(Mode.DENY, domain, operations, List.of(patterns));
    }

    /** Says who is asked; an answer may take 30 seconds unless {@link #deadline} says otherwise. */
    public Builder prompt(Prompt asked) {
      this.prompt = asked;
      return this;
    }

    /**
     * How long an answer may take; later means no.
     *
     * @throws IllegalArgumentException when it is not more than zero
     */
    public Builder deadline(Duration most) {
      if (!most.isPositive()) {
        throw new IllegalArgumentException("A deadline is more than zero, not " + most);
      }
      this.deadline = most;
      return this;
    }

    /** Tells every decision as a {@link MachineEvent.PermissionDecided}, not denials only. */
    public Builder explain() {
      this.explain = true;
      return this;
    }

    /**
     * The permissions.
     *
     * @throws IllegalArgumentException when a rule has an unknown operation or a pattern that can
     *     match nothing; the message names it
     */
    public Permissions build() {
      Map<io.vivarium.kernel.permission.Domain, DomainPolicy> domains =
          new EnumMap<>(io.vivarium.kernel.permission.Domain.class);
      for (Domain domain : Domain.values()) {
        Mode initial = defaults.getOrDefault(domain, Mode.DENY);
        domains.put(
            domain.inKernel(),
            new DomainPolicy(
                PermissionMode.valueOf(initial.name()), rules.getOrDefault(domain, List.of())));
      }
      return new Permissions(
          new PermissionOptions(
              new PermissionPolicy(domains), inKernel(prompt), deadline, explain));
    }

    private static @Nullable PermissionPrompt inKernel(@Nullable Prompt prompt) {
      return prompt == null
          ? null
          : (pid, domain, operation, object) ->
              PermissionPrompt.Answer.valueOf(
                  prompt
                      .ask(new Question(pid, Domain.valueOf(domain.name()), operation, object))
                      .name());
    }
  }
}
