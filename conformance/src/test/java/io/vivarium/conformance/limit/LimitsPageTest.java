package io.vivarium.conformance.limit;

import io.vivarium.LimitEntry;
import io.vivarium.Vivarium;
import io.vivarium.conformance.page.GeneratedPage;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/** The page of limits is the inventory. */
class LimitsPageTest {
  private static final String HEAD =
      """
      # Limits

      What the owner of a machine sets, with `MachineOptions.limit(key, value)` or `viv exec --limit KEY=VALUE`. An unknown key or a
      value out of range is refused with a message that names the keys or the range. This page is made by a test from the inventory
      that the kernel is configured with; another test drives a machine to every limit.

      A call that would go over a limit fails with the errno and changes nothing. At 80 % of a limit, and when something is refused
      because of it, the owner hears a `MachineEvent` and the flight recorder gets `vivarium.Limit`; again only after less than 50 %.

      | Key | Unit | Default | Least | Most | Errno | At the limit |
      |---|---|---:|---:|---:|---|---|
      """;

  private static final String FOOT =
      """

      The command line takes `64M`, `10s`, `unlimited` (the most there is) and the like too. The memory that all machines of a JVM hold for guests together is
      limited by `Vivarium.builder().guestMemory(bytes)`, or `viv exec --guest-memory 512M`. `Vivarium.Builder.onEvent` tells when that is
      near or reached, and the flight recorder calls it `memory.jvm`.

      ## Fixed

      What nobody sets, because Linux or a standard fixes it, or because it only bounds what one call may cost. These are all constants
      in the sources whose names look like a limit.

      | Where | Constant | Value | What it limits |
      |---|---|---:|---|
      """;

  @Test
  void page_lists_the_inventory() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    for (LimitEntry limit : Vivarium.limits()) {
      page.append(
          "| `%s` | %s | %s | %s | %s | %s | %s |\n"
              .formatted(
                  limit.key(),
                  limit.unit().name().toLowerCase(Locale.ROOT),
                  figure(limit.initial()),
                  figure(limit.least()),
                  figure(limit.most()),
                  limit.errno(),
                  limit.effect()));
    }
    page.append(FOOT);
    for (FixedLimit limit : FixedLimit.in(Sources.main())) {
      page.append(
          "| `%s` | `%s` | `%s` | %s |\n"
              .formatted(limit.type(), limit.name(), limit.value(), limit.meaning()));
    }
    GeneratedPage.holds("LIMITS.md", page.toString());
  }

  private static String figure(long value) {
    return value == Long.MAX_VALUE ? "no limit" : "%,d".formatted(value);
  }
}
