package io.vivarium.conformance.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.conformance.limit.LimitsAudit.Row;
import io.vivarium.kernel.limit.Limit;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The audit of the limits of this product, and that it finds what it is there to find. */
class LimitsAuditTest {
  private static final Row PIPES = new Row("PIPES", "pipe.count", "ENFILE");
  private static final String ENFORCED = "class Kernel { int n = limits.get(Limit.PIPES); }";
  private static final String TESTED =
      "class T { void t() { drive(Limit.PIPES); expect(Errno.ENFILE); } }";

  @Test
  void this_product_has_no_findings() throws IOException {
    List<Row> rows = Stream.of(Limit.values()).map(Row::of).toList();
    LimitsAudit audit = new LimitsAudit(rows, Sources.main(), Sources.tests());
    assertThat(rows).hasSizeGreaterThan(20);
    assertThat(FixedLimit.in(audit.main())).hasSizeGreaterThan(50);
    assertThat(audit.findings()).isEmpty();
  }

  private static List<String> findings(String main, String test) {
    return new LimitsAudit(
            List.of(PIPES),
            Map.of("kernel/file/Kernel.java", main),
            Map.of("KernelTest.java", test))
        .findings();
  }

  @Test
  void row_that_is_enforced_and_tested_is_fine() {
    assertThat(findings(ENFORCED, TESTED)).isEmpty();
    assertThat(findings(ENFORCED, "case SOCKETS, PIPES -> drive(limit); limit.errno()")).isEmpty();
    assertThat(findings(ENFORCED, "o.limit(\"pipe.count\", 8); is(\"ENFILE\")")).isEmpty();
  }

  @Test
  void constant_that_looks_like_a_limit_and_does_not_say_of_what_is_found() {
    String constant = "class Kernel {\n  private static final int MAX_PIPES = 7;\n" + ENFORCED;
    assertThat(findings(constant, TESTED))
        .containsExactly(
            "Kernel.MAX_PIPES looks like a limit: make it a row of the inventory, or say above it"
                + " what it limits");
    assertThat(findings(constant.replace("  private", "  /** Pipes. */\n  private"), TESTED))
        .isEmpty();
  }

  @Test
  void row_that_nothing_enforces_is_found() {
    assertThat(findings("class Kernel {}", TESTED))
        .containsExactly("nothing enforces PIPES (pipe.count)");
    assertThat(findings("class Kernel {} // as Limit.PIPES says", TESTED)).hasSize(1);
    assertThat(findings("/** See {@link Limit.PIPES}. */ class Kernel {}", TESTED)).hasSize(1);
    assertThat(findings("class Kernel { int n = Limit.PIPES_AND_MORE; }", TESTED)).hasSize(1);
  }

  @Test
  void inventory_does_not_enforce_itself() {
    LimitsAudit audit =
        new LimitsAudit(
            List.of(PIPES), Map.of("kernel/limit/Limits.java", ENFORCED), Map.of("T.java", TESTED));
    assertThat(audit.findings()).containsExactly("nothing enforces PIPES (pipe.count)");
  }

  @Test
  void what_only_configures_a_row_does_not_enforce_it() {
    for (String path :
        List.of(
            "vivarium/src/main/java/io/vivarium/MachineOptions.java",
            "vivarium/src/main/java/io/vivarium/Vivarium.java",
            "cli/src/main/java/io/vivarium/cli/LimitValue.java")) {
      LimitsAudit audit =
          new LimitsAudit(List.of(PIPES), Map.of(path, ENFORCED), Map.of("T.java", TESTED));
      assertThat(audit.findings()).containsExactly("nothing enforces PIPES (pipe.count)");
    }
    assertThat(findings("class Kernel { long n = Limit.PIPES.most(); }", TESTED)).hasSize(1);
  }

  @Test
  void limit_that_is_a_bare_number_is_found() {
    String bare = ENFORCED + " void f() { if (pipes.size() > 4096) { throw ENFILE.exception(); } }";
    assertThat(findings(bare, TESTED))
        .containsExactly("kernel/file/Kernel.java limits something to 4096: give that a name");
    assertThat(findings(bare.replace("4096", "most"), TESTED)).isEmpty();
    assertThat(findings(ENFORCED + " // if (n > 4096) { throw ENFILE.exception(); }", TESTED))
        .isEmpty();
  }

  @Test
  void row_that_no_test_meets_is_found() {
    String finding = "no test meets PIPES (pipe.count) and looks at the errno ENFILE";
    assertThat(findings(ENFORCED, "class T {}")).containsExactly(finding);
    assertThat(findings(ENFORCED, "class T { void t() { drive(Limit.PIPES); } }"))
        .containsExactly(finding);
    assertThat(findings(ENFORCED, "case PIPES -> {} limit.errno()")).containsExactly(finding);
    assertThat(findings(ENFORCED, "// Limit.PIPES ENFILE")).containsExactly(finding);
  }
}
