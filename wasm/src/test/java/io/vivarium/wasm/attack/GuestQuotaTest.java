package io.vivarium.wasm.attack;

import static io.vivarium.wasm.attack.Call.APPEND;
import static io.vivarium.wasm.attack.Call.CREAT;
import static io.vivarium.wasm.attack.Call.EXCL;
import static io.vivarium.wasm.attack.Call.TRUNC;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vivarium.wasm.attack.QuotaAttacker.Full;
import io.vivarium.wasm.attack.QuotaStore.Kind;
import io.vivarium.wasm.wasi.WasiErrno;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A WebAssembly program that tries to store more than there is room for, by every call that makes
 * something grow, wherever files can be.
 */
@Timeout(60)
class GuestQuotaTest {
  /** More steps than any attack can take; who takes them all has got around the quota. */
  private static final int TOO_MANY = 20_000;

  /** Where a file would be too large for any file system, or only for the room there is. */
  private static final Integer[] NO_ROOM = {WasiErrno.NOSPC, WasiErrno.FBIG};

  @TempDir private Path host;

  static Stream<Arguments> attacks() {
    return Stream.of(QuotaAttack.values())
        .flatMap(attack -> attack.kinds().stream().map(kind -> Arguments.of(attack, kind)));
  }

  /**
   * Steps succeed until one finds no room. Then that finds none again, and each time nothing has
   * changed; when something else is deleted, it works.
   */
  @ParameterizedTest
  @MethodSource("attacks")
  void growth_ends_at_the_quota_and_what_does_not_fit_changes_nothing(QuotaAttack attack, Kind kind)
      throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      attacker.close(attacker.open("/q/kept", CREAT | EXCL, 0));
      attacker.grow(Call.mkdir("/q/held"));
      Ballast ballast = new Ballast(attacker);
      int steps = exhaust(attacker, attack);
      assertThat(steps).as("steps that worked").isPositive();
      ballast.drop();
      attack.step(attacker, steps);
      attacker.assertCounted();
    }
  }

  private static int exhaust(QuotaAttacker attacker, QuotaAttack attack) {
    for (int i = 0; i < TOO_MANY; i++) {
      try {
        attack.step(attacker, i);
      } catch (Full e) {
        attacker.assertCounted();
        int number = i;
        assertThatExceptionOfType(Full.class).isThrownBy(() -> attack.step(attacker, number));
        attacker.assertCounted();
        return i;
      }
    }
    throw new AssertionError("no limit after " + TOO_MANY + " steps");
  }

  // ---- a full file system ---------------------------------------------------------------------

  private static void fill(QuotaAttacker attacker) {
    for (QuotaAttack attack : List.of(QuotaAttack.SMALL_FILES, QuotaAttack.NEW_FILES_ELSEWHERE)) {
      exhaust(attacker, attack);
    }
    try {
      while (true) { // what is left below the size of one of those
        attacker.write(attacker.once("fill", () -> attacker.open("/q/kept", 0, APPEND)), 1);
      }
    } catch (Full e) {
      attacker.assertCounted();
    }
  }

  /** Also those that look as if they replaced or moved something only. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  void where_nothing_fits_any_more_only_what_grows_fails(Kind kind) throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      attacker.close(attacker.open("/q/kept", CREAT | EXCL, 0));
      int fd = attacker.open("/q/cut", CREAT | EXCL, 0);
      attacker.write(fd, 9000);
      attacker.grow(Call.mkdir("/q/held"));
      attacker.grow(Call.symlink("kept", "/q/link"));
      fill(attacker);
      for (Call call :
          List.of(
              Call.open("/q/held/new", CREAT, 0, 0),
              Call.open("/q/held/new", CREAT | EXCL, APPEND, 0),
              Call.mkdir("/q/held/new"),
              Call.symlink("t", "/q/held/new"),
              Call.write(fd, 1),
              Call.pwrite(fd, 1, 9000),
              Call.pwrite(fd, 100_000, 50_000),
              Call.of("fd_allocate", fd, 0L, 9001L),
              Call.of("fd_filestat_set_size", fd, 9001L),
              Call.of("ftruncate", fd, 1L << 40))) {
        assertThatExceptionOfType(Full.class).isThrownBy(() -> attacker.grow(call));
      }
      attacker.assertCounted();
      attacker.call(Call.pwrite(fd, 9000, 0));
      assertThat(attacker.guest().value(1)).isEqualTo(9000);
      attacker.call(Call.of("fd_seek", fd, 0L, 0, new Call.Cell(1)));
      attacker.call(Call.read(fd));
      attacker.call(Call.stat("/q/link", true));
      attacker.call(Call.of("fd_allocate", fd, 0L, 9000L));
      attacker.call(Call.rename("/q/kept", "/q/renamed"));
      attacker.call(Call.of("chmod", Call.ROOT, "/q/renamed", 0600));
      attacker.call(Call.of("fd_filestat_set_size", fd, 8999L));
      attacker.assertCounted();
      attacker.call(Call.pwrite(fd, 1, 8999));
      assertThatExceptionOfType(Full.class).isThrownBy(() -> attacker.pwrite(fd, 1, 9000));
      attacker.call(Call.unlink("/q/renamed")); // which is open still
      attacker.loseName(attacker.once("fill", () -> -1));
      if (kind != Kind.HOST) { // where names count, and files only by their bytes
        Call mkdir = Call.mkdir("/q/held/new");
        assertThatExceptionOfType(Full.class).isThrownBy(() -> attacker.grow(mkdir));
      }
      attacker.call(Call.unlink("/q/f0"));
      attacker.grow(Call.mkdir("/q/held/new"));
      attacker.assertCounted();
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void sizes_that_no_file_can_have_are_refused_and_change_nothing(Kind kind) throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      int fd = attacker.open("/q/file", CREAT | EXCL, 0);
      attacker.write(fd, 10);
      Set<String> tree = store.tree();
      String figures = store.figures();
      long most = Long.MAX_VALUE;
      assertRefused(attacker, Call.pwrite(fd, 1, most), WasiErrno.FBIG);
      assertRefused(attacker, Call.of("fd_allocate", fd, most, most), WasiErrno.FBIG);
      for (long size : new long[] {most, most - 4095, 1L << 62, QuotaStore.BYTES + 1}) {
        assertRefused(attacker, Call.of("ftruncate", fd, size), NO_ROOM);
        assertRefused(attacker, Call.of("fd_filestat_set_size", fd, size), NO_ROOM);
        assertRefused(attacker, Call.of("fd_allocate", fd, 0L, size), NO_ROOM);
        assertRefused(attacker, Call.pwrite(fd, 1, size - 1), NO_ROOM);
      }
      for (long size : new long[] {-1, Long.MIN_VALUE}) {
        assertRefused(attacker, Call.of("ftruncate", fd, size), WasiErrno.INVAL);
        assertRefused(attacker, Call.of("fd_allocate", fd, 0L, size), WasiErrno.INVAL);
        assertRefused(attacker, Call.of("fd_allocate", fd, size, 1L), WasiErrno.INVAL);
        assertRefused(attacker, Call.pwrite(fd, 1, size), WasiErrno.INVAL);
      }
      assertThat(store.tree()).isEqualTo(tree);
      assertThat(store.figures()).isEqualTo(figures);
      attacker.grow(Call.of("ftruncate", fd, 20L));
      attacker.assertCounted();
    }
  }

  private static void assertRefused(QuotaAttacker attacker, Call call, Integer... errnos) {
    assertThat((int) attacker.guest().call(call)).as("%s", call).isIn((Object[]) errnos);
  }

  @Test
  void attributes_of_a_file_of_the_host_end_where_its_name_has_paid_for_them() throws Full {
    try (QuotaStore store = QuotaStore.open(Kind.HOST, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      attacker.close(attacker.open("/q/file", CREAT | EXCL, 0));
      attacker.grow(attribute("user.a", 900));
      attacker.grow(attribute("user.b", 900));
      assertThatExceptionOfType(Full.class)
          .isThrownBy(() -> attacker.grow(attribute("user.c", 900)));
      assertThatExceptionOfType(Full.class)
          .isThrownBy(() -> attacker.grow(attribute("user.a", 2000)));
      attacker.call(Call.of("path_removexattr", Call.ROOT, "/q/file", "user.b", 1));
      attacker.grow(attribute("user.c", 900));
      attacker.assertCounted();
    }
  }

  private static Call attribute(String name, int length) {
    return Call.of("path_setxattr", Call.ROOT, "/q/file", name, new byte[length], 0, 1);
  }

  // ---- several processes ----------------------------------------------------------------------

  private interface Part {
    Call[] row(Guest guest, int number);
  }

  /** Runs a row in several processes at once; afterwards all is within the limits and counted. */
  private static List<Guest> race(QuotaStore store, int times, List<Part> parts) {
    List<Guest> guests = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      guests.add(Guest.start(store.machine()));
    }
    List<Call[]> rows = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      rows.add(parts.get(i).row(guests.get(i), i));
    }
    for (int i = 0; i < parts.size(); i++) {
      guests.get(i).begin(times, rows.get(i));
    }
    for (int i = 0; i < 50; i++) {
      store.assertWithinLimits(); // at any moment, not only at the end
    }
    guests.forEach(Guest::finish);
    store.assertWithinLimits();
    return guests;
  }

  private static int total(List<Guest> guests, int call, int answer) {
    int total = 0;
    for (Guest guest : guests) {
      assertThat(guest.counts(call).keySet()).isSubsetOf(WasiErrno.SUCCESS, WasiErrno.NOSPC);
      total += guest.counts(call).getOrDefault(answer, 0);
    }
    return total;
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void processes_that_race_get_the_last_bytes_and_not_one_more(Kind kind) throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      for (int i = 0; i < 4; i++) {
        attacker.close(attacker.open("/q/kept" + i, CREAT | EXCL, 0));
      }
      int fd = attacker.open("/q/kept3", 0, 0);
      attacker.write(fd, (int) store.bytesLeft() - 1000);
      Part append =
          (guest, number) -> {
            guest.succeed(Call.open("/q/kept" + number, 0, APPEND, 0));
            return new Call[] {Call.write(guest.value(0), 1)};
          };
      List<Guest> guests = race(store, 600, List.of(append, append, append));
      assertThat(total(guests, 0, WasiErrno.SUCCESS)).isEqualTo(1000);
      assertThat(total(guests, 0, WasiErrno.NOSPC)).isEqualTo(800);
      assertThat(store.bytesLeft()).isZero();
      attacker.assertCounted();
      guests.forEach(Guest::close);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void processes_that_race_get_the_last_inodes_and_not_one_more(Kind kind) {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      long left = store.inodesLeft();
      Part create =
          (guest, number) -> {
            Name name = new Name(guest, "/q/r" + number);
            return new Call[] {
              name.next(), Call.of("path_create_directory", Call.ROOT, Name.at(), name.length())
            };
          };
      List<Guest> guests = race(store, 50, List.of(create, create, create));
      assertThat(left).isBetween(10L, 100L);
      assertThat(total(guests, 1, WasiErrno.SUCCESS)).isEqualTo((int) left);
      assertThat(store.inodesLeft()).isZero();
      attacker.assertCounted();
      guests.forEach(Guest::close);
    }
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  void processes_that_make_write_replace_and_delete_at_once_stay_within_the_limits(Kind kind)
      throws Full {
    try (QuotaStore store = QuotaStore.open(kind, host);
        QuotaAttacker attacker = new QuotaAttacker(store)) {
      attacker.close(attacker.open("/q/shared", CREAT | EXCL, 0));
      int ballast = attacker.open("/q/ballast", CREAT | EXCL, 0);
      attacker.write(ballast, (int) store.bytesLeft() - 25_000);
      Part keep =
          (guest, number) -> {
            Name name = new Name(guest, "/q/k" + number);
            return new Call[] {
              name.next(),
              name.open().required(),
              Call.write(new Call.Value(0), 100),
              Call.close(new Call.Value(0))
            };
          };
      Part churn =
          (guest, number) -> {
            Name name = new Name(guest, "/q/c" + number);
            return new Call[] {
              name.next(),
              name.open().required(),
              Call.of("path_unlink_file", Call.ROOT, Name.at(), name.length()),
              Call.write(new Call.Value(0), 3000),
              Call.close(new Call.Value(0))
            };
          };
      Part rewrite =
          (guest, number) ->
              new Call[] {
                Call.open("/q/shared", TRUNC, 0, 0).required(),
                Call.pwrite(new Call.Value(0), 2000, 10_000),
                Call.of("fd_allocate", new Call.Value(0), 0L, 20_000L),
                Call.close(new Call.Value(0))
              };
      List<Guest> guests = race(store, 300, List.of(keep, churn, rewrite, rewrite));
      for (Guest guest : guests) {
        for (int call = 0; call < 4; call++) {
          total(List.of(guest), call, WasiErrno.SUCCESS);
        }
      }
      assertThat(total(guests, 1, WasiErrno.SUCCESS)).isPositive();
      assertThat(total(guests, 1, WasiErrno.NOSPC)).isPositive();
      attacker.assertCounted();
      guests.forEach(Guest::close);
    }
  }

  /** A path in the memory of a guest whose last four letters count. */
  private record Name(Guest guest, String start) {
    Name {
      guest.put(at(), (start + "aaaa\0\0\0\0\0").getBytes(UTF_8));
    }

    static int at() {
      return new Call.Cell(40).address();
    }

    int length() {
      return start.length() + 4;
    }

    Call next() {
      return Call.of("next", at() + start.length());
    }

    Call open() {
      long rights = Call.FD_READ | Call.FD_WRITE;
      int flags = CREAT | EXCL;
      return Call.of(
          "path_open", Call.ROOT, 0, at(), length(), flags, rights, -1L, 0, new Call.Cell(0));
    }
  }

  /** What is deleted to make room. */
  private static final class Ballast {
    private static final int FILES = 3;

    private final QuotaAttacker attacker;

    Ballast(QuotaAttacker attacker) throws Full {
      this.attacker = attacker;
      for (int i = 0; i < FILES; i++) {
        int fd = attacker.open("/q/ballast" + i, CREAT | EXCL, 0);
        attacker.write(fd, 4096);
        attacker.close(fd);
      }
    }

    void drop() {
      for (int i = 0; i < FILES; i++) {
        attacker.call(Call.unlink("/q/ballast" + i));
      }
    }
  }
}
