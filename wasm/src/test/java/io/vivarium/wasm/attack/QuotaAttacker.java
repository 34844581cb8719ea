package io.vivarium.wasm.attack;

import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.wasm.wasi.WasiErrno;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A guest that grows something, call by call, with a look at the file system after each. */
final class QuotaAttacker implements AutoCloseable {
  /** A call found no room. */
  static final class Full extends Exception {
    private static final long serialVersionUID = 1;

    Full(String message) {
      super(message);
    }
  }

  private final QuotaStore store;
  private final Guest guest;
  private final Set<Integer> unnamed = new LinkedHashSet<>();
  private final Map<String, Integer> kept = new HashMap<>();

  QuotaAttacker(QuotaStore store) {
    this.store = store;
    this.guest = Guest.start(store.machine());
  }

  QuotaStore store() {
    return store;
  }

  Guest guest() {
    return guest;
  }

  /**
   * Makes a call that makes something grow. It succeeds within the limits, or finds no room and
   * changes nothing.
   */
  void grow(Call call) throws Full {
    Set<String> tree = store.tree();
    String figures = store.figures();
    int errno = (int) guest.call(call);
    if (errno == WasiErrno.SUCCESS) {
      store.assertWithinLimits();
      return;
    }
    assertThat(errno).as("%s", call).isEqualTo(WasiErrno.NOSPC);
    Set<String> after = store.tree();
    assertThat(without(after, tree)).as("what is new after %s", call).isEmpty();
    assertThat(without(tree, after)).as("what is gone after %s", call).isEmpty();
    assertThat(store.figures()).as("figures after %s", call).isEqualTo(figures);
    throw new Full(call.toString());
  }

  private static Set<String> without(Set<String> all, Set<String> some) {
    Set<String> rest = new LinkedHashSet<>(all);
    rest.removeAll(some);
    return rest;
  }

  /** Makes a call that makes nothing grow, whatever room there is. */
  void call(Call call) {
    guest.succeed(call);
    store.assertWithinLimits();
  }

  /** Opens a file that may have to be made; its descriptor. */
  int open(String path, int oflags, int fdflags) throws Full {
    grow(Call.open(path, oflags, fdflags, 0));
    return guest.value(0);
  }

  /** Writes all of it, in as many calls as that takes. */
  void write(int fd, int length) throws Full {
    int left = length;
    while (left > 0) {
      grow(Call.write(fd, left));
      assertThat(guest.value(1)).isBetween(1, left);
      left -= guest.value(1);
    }
  }

  /** Writes all of it somewhere. */
  void pwrite(int fd, int length, long position) throws Full {
    int left = length;
    while (left > 0) {
      grow(Call.pwrite(fd, left, position + length - left));
      assertThat(guest.value(1)).isBetween(1, left);
      left -= guest.value(1);
    }
  }

  /** Opens something that stays open. */
  interface Opening {
    int open() throws Full;
  }

  /** The descriptor that an opening gave the first time. */
  int once(String name, Opening opening) throws Full {
    Integer fd = kept.get(name);
    if (fd == null) {
      fd = opening.open();
      kept.put(name, fd);
    }
    return fd;
  }

  void close(int fd) {
    call(Call.close(fd));
    unnamed.remove(fd);
  }

  /** Says that a descriptor is of a file that has no name. */
  void loseName(int fd) {
    unnamed.add(fd);
  }

  /** Says that it has one again. */
  void gainName(int fd) {
    unnamed.remove(fd);
  }

  /** Fails unless the figures of the file system are what is there. */
  void assertCounted() {
    List<Long> sizes = new ArrayList<>();
    for (int fd : unnamed) {
      guest.succeed(Call.of("fd_filestat_get", fd, new Call.Cell(8)));
      assertThat(guest.value(11)).as("links of %s", fd).isZero();
      sizes.add((long) guest.value(12));
    }
    store.assertCounted(sizes);
  }

  @Override
  public void close() {
    guest.close();
  }
}
