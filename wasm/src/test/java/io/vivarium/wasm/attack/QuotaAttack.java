package io.vivarium.wasm.attack;

import static io.vivarium.wasm.attack.Call.APPEND;
import static io.vivarium.wasm.attack.Call.CREAT;
import static io.vivarium.wasm.attack.Call.EXCL;
import static io.vivarium.wasm.attack.Call.TRUNC;

import io.vivarium.wasm.attack.QuotaAttacker.Full;
import io.vivarium.wasm.attack.QuotaStore.Kind;
import java.util.EnumSet;
import java.util.Set;

/** A way to make something grow. Each step of it can be taken anew when it did not fit. */
@SuppressWarnings("ImmutableEnumChecker") // lambdas that capture nothing, and a set nobody changes
enum QuotaAttack {
  NEW_FILES((a, i) -> a.close(a.open("/q/f" + i, CREAT | EXCL, 0))),
  NEW_FILES_ELSEWHERE((a, i) -> a.close(a.open("/q/held/f" + i, CREAT | EXCL, 0))),
  NEW_FILES_WITH_LONG_NAMES(
      (a, i) -> a.close(a.open("/q/" + "n".repeat(240) + i, CREAT | EXCL, 0))),
  DIRECTORIES((a, i) -> a.grow(Call.mkdir("/q/d" + i))),
  DIRECTORIES_IN_EACH_OTHER((a, i) -> a.grow(Call.mkdir("/q" + "/d".repeat(i + 1)))),
  SYMLINKS((a, i) -> a.grow(Call.symlink("t", "/q/s" + i))),
  SYMLINKS_WITH_LONG_TARGETS((a, i) -> a.grow(Call.symlink("t".repeat(4000), "/q/s" + i))),
  HARD_LINKS((a, i) -> a.grow(Call.link("/q/kept", "/q/" + "l".repeat(240) + i))),
  FIFOS((a, i) -> a.grow(mknod("/q/p" + i, 0010600)), Kind.ROOT, Kind.MEMORY, Kind.OVERLAY),
  NODES_THAT_ARE_FILES((a, i) -> a.grow(mknod("/q/r" + i, 0100600))),
  WRITES((a, i) -> a.write(kept(a), 3000)),
  APPENDED_WRITES((a, i) -> a.write(cached(a, "/q/kept", APPEND), 3000)),
  ONE_LARGE_WRITE((a, i) -> a.grow(Call.write(kept(a), 500_000))),
  WRITES_OF_MANY_BUFFERS((a, i) -> {
    int fd = kept(a);
    byte[] buffers = new byte[8 * 1000];
    for (int k = 0; k < 1000; k++) {
      System.arraycopy(Call.words(Agent.END - 8, 7), 0, buffers, 8 * k, 8);
    }
    a.grow(Call.of("fd_write", fd, new Call.Bytes(buffers), 1000, new Call.Cell(1)));
  }),
  WRITES_BEHIND_HOLES((a, i) -> a.pwrite(kept(a), 1, 7000L * (i + 1))),
  WRITES_BEHIND_SEEKS((a, i) -> {
    int fd = kept(a);
    a.call(Call.of("fd_seek", fd, 7000L * (i + 1), 0, new Call.Cell(1)));
    a.write(fd, 1);
  }),
  RESERVATIONS((a, i) -> a.grow(Call.of("fd_allocate", kept(a), 5000L * i, 5000L))),
  SIZES((a, i) -> a.grow(Call.of("fd_filestat_set_size", kept(a), 5000L * (i + 1)))),
  TRUNCATIONS((a, i) -> a.grow(Call.of("ftruncate", kept(a), 5000L * (i + 1)))),
  CUTTING_AND_WRITING_MORE((a, i) -> {
    int fd = a.open("/q/kept", TRUNC, 0);
    try {
      a.write(fd, 5000 * (i + 1));
    } finally {
      a.close(fd);
    }
  }),
  SMALL_FILES((a, i) -> {
    int fd = a.open("/q/f" + i, CREAT, 0);
    try {
      a.write(fd, 2000);
    } finally {
      a.close(fd);
    }
  }),
  INSERTED_RANGES(
      (a, i) -> {
        int fd = kept(a);
        if (i == 0) {
          a.pwrite(fd, 4097, 0);
        }
        a.grow(Call.of("fd_insert_range", fd, 4096L, 4096L));
      },
      Kind.ROOT,
      Kind.MEMORY,
      Kind.OVERLAY),
  ZEROED_RANGES((a, i) -> a.grow(Call.of("fd_zero_range", kept(a), 5000L * i, 5000L, 0))),
  RESERVATIONS_BEYOND_THE_END(
      (a, i) -> a.grow(Call.of("fd_zero_range", kept(a), 4096L * i, 4096L, 1)),
      Kind.ROOT,
      Kind.MEMORY,
      Kind.OVERLAY),
  FILES_THAT_LOST_THEIR_NAMES((a, i) -> {
    int fd = a.open("/q/gone", CREAT | EXCL, 0);
    a.call(Call.unlink("/q/gone"));
    a.loseName(fd);
    try {
      a.write(fd, 2000);
    } catch (Full e) {
      a.close(fd);
      throw e;
    }
  }),
  FILES_WITHOUT_NAMES((a, i) -> {
    a.grow(tmpfile());
    int fd = a.guest().value(0);
    a.loseName(fd);
    try {
      a.write(fd, 2000);
    } catch (Full e) {
      a.close(fd);
      throw e;
    }
  }),
  NAMES_FOR_FILES_WITHOUT((a, i) -> {
    a.grow(tmpfile());
    int fd = a.guest().value(0);
    a.loseName(fd);
    try {
      a.write(fd, 2000);
      a.grow(Call.of("fd_link", fd, Call.ROOT, "/q/t" + i));
      a.gainName(fd);
    } finally {
      a.close(fd);
    }
  }),
  RENAMES_OVER_OPEN_FILES((a, i) -> {
    int fd = a.open("/q/new", CREAT, 0);
    try {
      a.pwrite(fd, 3000, 0);
    } finally {
      a.close(fd);
    }
    int victim = a.open("/q/victim", CREAT, 0);
    a.call(Call.rename("/q/new", "/q/victim"));
    a.loseName(victim);
  }),
  ATTRIBUTES((a, i) -> a.grow(attribute("/q/kept", i, 1000)), Kind.ROOT, Kind.MEMORY, Kind.OVERLAY),
  LARGE_ATTRIBUTES_OF_DIRECTORIES(
      (a, i) -> a.grow(attribute("/q/held", i, 10_000)), Kind.ROOT, Kind.MEMORY, Kind.OVERLAY),
  CONTENTS_FROM_BELOW(
      (a, i) -> {
        String file = "/q/lower/f" + i;
        int fd = a.open(file, 0, 0);
        try {
          a.pwrite(fd, 1, 100);
        } finally {
          a.close(fd);
        }
      },
      Kind.OVERLAY),
  GROWTH_OF_FILES_FROM_BELOW(
      (a, i) -> {
        int fd = a.open("/q/lower/f" + i, 0, 0);
        try {
          a.pwrite(fd, 3000, 4096);
        } finally {
          a.close(fd);
        }
      },
      Kind.OVERLAY);

  /** What an attack does again and again. */
  @FunctionalInterface
  interface Step {
    void take(QuotaAttacker attacker, int number) throws Full;
  }

  private final Step step;
  private final Set<Kind> kinds;

  QuotaAttack(Step step) {
    this.step = step;
    this.kinds = EnumSet.allOf(Kind.class);
  }

  QuotaAttack(Step step, Kind first, Kind... others) {
    this.step = step;
    this.kinds = EnumSet.of(first, others);
  }

  /** Where it can be made. */
  Set<Kind> kinds() {
    return kinds;
  }

  /** Takes a step of it. */
  void step(QuotaAttacker attacker, int number) throws Full {
    step.take(attacker, number);
  }

  /** The descriptor of a file that there is, always the same. */
  private static int kept(QuotaAttacker a) throws Full {
    return cached(a, "/q/kept", 0);
  }

  private static int cached(QuotaAttacker a, String path, int fdflags) throws Full {
    return a.once(path + fdflags, () -> a.open(path, 0, fdflags));
  }

  private static Call mknod(String path, int mode) {
    return Call.of("path_mknod", Call.ROOT, path, mode, 0L);
  }

  private static Call tmpfile() {
    int readAndWrite = 0x1400_0000;
    return Call.of("open_tmpfile", Call.ROOT, "/q", readAndWrite, 0600, new Call.Cell(0));
  }

  private static Call attribute(String path, int number, int length) {
    String name = "user.a" + number;
    return Call.of("path_setxattr", Call.ROOT, path, name, new byte[length], 0, 1);
  }
}
