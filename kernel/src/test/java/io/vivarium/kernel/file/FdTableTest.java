package io.vivarium.kernel.file;

import static io.vivarium.kernel.errno.Errno.EAGAIN;
import static io.vivarium.kernel.errno.Errno.EBADF;
import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EMFILE;
import static io.vivarium.kernel.errno.Errno.ENFILE;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import io.vivarium.kernel.fs.FileType;
import io.vivarium.kernel.wait.Guest;
import io.vivarium.kernel.wait.Task;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class FdTableTest {
  private final AnonymousFileSystem home = AnonymousFileSystem.pipes();
  private final CountLimit openFiles = new CountLimit(2000, ENFILE);
  private final FdTable table = new FdTable(1024, openFiles, new LockOwner(new LockTable(100), 1));

  /** A description that remembers whether it was closed. */
  private final class Probe extends FileDescription {
    boolean closed;

    Probe() {
      super(home.create(FileType.FIFO, 0600, 0, 0), OpenFlags.O_RDWR);
    }

    @Override
    protected int doRead(Task task, byte[] buffer, int offset, int length) {
      throw EAGAIN.exception();
    }

    @Override
    protected int doWrite(Task task, byte[] buffer, int offset, int length) {
      throw EAGAIN.exception();
    }

    @Override
    protected void closeLast() {
      assertThat(closed).isFalse();
      closed = true;
    }
  }

  private Probe[] install(FdTable into, int count) {
    Probe[] probes = new Probe[count];
    for (int i = 0; i < count; i++) {
      probes[i] = new Probe();
      into.install(probes[i], false);
    }
    return probes;
  }

  @Test
  void a_reserved_place_is_counted_once_and_is_there_whatever_others_take_meanwhile() {
    CountLimit few = new CountLimit(2, ENFILE);
    FdTable first = new FdTable(2, few, new LockOwner(new LockTable(100), 1));
    FdTable second = new FdTable(2, few, new LockOwner(new LockTable(100), 2));
    first.reserve();
    Probe[] others = install(second, 1);
    assertFails(ENFILE, second::reserve);
    assertThat(first.installReserved(new Probe(), false)).isZero();
    assertThat(few.used()).isEqualTo(2);
    second.close(0);
    first.reserve();
    first.unreserve();
    assertThat(few.used()).isEqualTo(1);
    Probe shared = new Probe();
    first.install(shared, false);
    assertFails(EMFILE, first::reserve);
    assertThat(few.used()).isEqualTo(2);
    first.close(0);
    first.close(1);
    assertThat(few.used()).isZero();
    assertThat(others[0].closed).isTrue();
    assertThat(shared.closed).isTrue();
  }

  @Test
  void the_lowest_free_number_is_given_out() {
    for (int i = 0; i < 200; i++) {
      assertThat(table.install(new Probe(), false)).isEqualTo(i);
    }
    table.close(64);
    table.close(3);
    table.close(150);
    assertThat(table.install(new Probe(), false)).isEqualTo(3);
    assertThat(table.install(new Probe(), false)).isEqualTo(64);
    assertThat(table.install(new Probe(), false)).isEqualTo(150);
    assertThat(table.install(new Probe(), false)).isEqualTo(200);
  }

  @Test
  void looking_up_what_is_not_open_is_ebadf() {
    install(table, 3);
    for (int fd : new int[] {-1, 3, 31, 32, 1024, 5000, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertFails(EBADF, () -> table.get(fd));
      assertFails(EBADF, () -> table.peek(fd));
      assertFails(EBADF, () -> table.close(fd));
      assertFails(EBADF, () -> table.closesOnExec(fd));
      assertFails(EBADF, () -> table.setCloseOnExec(fd, true));
      assertFails(EBADF, () -> table.dup(fd, 0, false));
      assertFails(EBADF, () -> table.dup2(fd, fd));
      assertFails(EBADF, () -> table.dup2(fd, 2));
      assertFails(EBADF, () -> table.renumber(fd, fd));
      assertFails(EBADF, () -> table.renumber(fd, 2));
    }
    assertThat(table.descriptors()).containsExactly(0, 1, 2);
  }

  @Test
  void a_call_in_progress_keeps_the_description_open_after_its_descriptor_is_closed() {
    Probe probe = install(table, 1)[0];
    FileDescription inUse = table.get(0);
    table.close(0);
    assertThat(probe.closed).isFalse();
    assertFails(EBADF, () -> table.get(0));
    inUse.release();
    assertThat(probe.closed).isTrue();
  }

  @Test
  void the_table_is_full_at_its_soft_limit_and_refused_descriptions_are_closed() {
    table.setLimits(10, 1024, false);
    install(table, 10);
    Probe refused = new Probe();
    assertFails(EMFILE, () -> table.install(refused, false));
    assertThat(refused.closed).isTrue();
    assertFails(EMFILE, table::checkRoom);
    assertFails(EMFILE, () -> table.dup(0, 0, false));
    assertFails(EMFILE, () -> table.dup(0, 9, false));
    table.close(4);
    table.checkRoom();
    assertThat(table.dup(0, 0, false)).isEqualTo(4);
  }

  @Test
  void descriptors_beyond_a_lowered_limit_stay_open_but_are_no_target() {
    install(table, 20);
    table.setLimits(5, 1024, false);
    assertThat(table.size()).isEqualTo(20);
    table.get(19).release();
    assertFails(EBADF, () -> table.dup2(0, 19));
    assertThat(table.dup2(19, 19)).isEqualTo(19);
    assertThat(table.dup2(19, 4)).isEqualTo(4);
    table.close(3);
    assertThat(table.install(new Probe(), false)).isEqualTo(3);
  }

  @Test
  void the_last_descriptor_of_the_default_limit_is_1023() {
    Probe[] probes = install(table, 1024);
    assertThat(table.get(1023)).isSameAs(probes[1023]);
    probes[1023].release();
    assertFails(EMFILE, () -> table.install(new Probe(), false));
    assertThat(table.descriptors()).hasSize(1024);
  }

  @Test
  void open_files_of_the_machine_count_descriptions_and_not_descriptors() {
    CountLimit few = new CountLimit(2, ENFILE);
    FdTable first = new FdTable(1024, few, new LockOwner(new LockTable(100), 1));
    install(first, 2);
    first.dup(0, 0, false);
    FdTable second = first.copy(new LockOwner(new LockTable(100), 2));
    assertThat(few.used()).isEqualTo(2);
    Probe refused = new Probe();
    assertFails(ENFILE, () -> second.install(refused, false));
    assertFails(ENFILE, second::checkRoom);
    assertThat(refused.closed).isTrue();
    first.closeAll();
    assertThat(few.used()).isEqualTo(2);
    second.close(0);
    second.close(1);
    assertThat(few.used()).isEqualTo(1);
    second.closeAll();
    assertThat(few.used()).isZero();
  }

  @Test
  void dup_shares_the_description_and_clears_close_on_exec() {
    Probe probe = new Probe();
    table.install(probe, true);
    assertThat(table.dup(0, 0, false)).isEqualTo(1);
    assertThat(table.dup(0, 10, true)).isEqualTo(10);
    assertThat(table.closesOnExec(0)).isTrue();
    assertThat(table.closesOnExec(1)).isFalse();
    assertThat(table.closesOnExec(10)).isTrue();
    table.close(0);
    table.close(1);
    assertThat(probe.closed).isFalse();
    table.close(10);
    assertThat(probe.closed).isTrue();
  }

  @Test
  void dup_with_a_minimum_outside_the_limit_is_einval() {
    install(table, 1);
    assertFails(EINVAL, () -> table.dup(0, -1, false));
    assertFails(EINVAL, () -> table.dup(0, 1024, false));
    assertFails(EBADF, () -> table.dup(5, -1, false));
    assertThat(table.dup(0, 1023, false)).isEqualTo(1023);
    assertFails(EMFILE, () -> table.dup(0, 1023, false));
  }

  @Test
  void dup2_closes_the_target_and_the_same_number_changes_nothing() {
    Probe[] probes = install(table, 2);
    table.setCloseOnExec(1, true);
    assertThat(table.dup2(1, 1)).isEqualTo(1);
    assertThat(table.closesOnExec(1)).isTrue();
    assertThat(table.dup2(0, 1)).isEqualTo(1);
    assertThat(probes[1].closed).isTrue();
    assertThat(table.peek(1)).isSameAs(probes[0]);
    assertThat(table.closesOnExec(1)).isFalse();
    assertFails(EBADF, () -> table.dup2(0, -1));
    assertFails(EBADF, () -> table.dup2(0, 1024));
    assertFails(EINVAL, () -> table.dup3(0, 0, false));
    assertThat(table.dup3(0, 700, true)).isEqualTo(700);
    assertThat(table.closesOnExec(700)).isTrue();
  }

  @Test
  void renumber_moves_description_and_flag_and_closes_what_was_there() {
    Probe[] probes = install(table, 3);
    table.setCloseOnExec(2, true);
    table.renumber(2, 0);
    assertThat(probes[0].closed).isTrue();
    assertThat(table.peek(0)).isSameAs(probes[2]);
    assertThat(table.closesOnExec(0)).isTrue();
    assertThat(table.descriptors()).containsExactly(0, 1);
    table.renumber(0, 0);
    assertThat(probes[2].closed).isFalse();
    assertFails(EBADF, () -> table.renumber(0, 1024));
  }

  @Test
  void exec_closes_marked_descriptors_and_closefrom_the_upper_ones() {
    Probe[] probes = install(table, 100);
    table.setCloseOnExec(7, true);
    table.setCloseOnExec(70, true);
    table.closeOnExec();
    assertThat(probes[7].closed).isTrue();
    assertThat(probes[70].closed).isTrue();
    assertThat(table.size()).isEqualTo(98);
    table.closeFrom(3);
    assertThat(table.descriptors()).containsExactly(0, 1, 2);
    table.closeFrom(-5);
    assertThat(Arrays.stream(probes)).allMatch(probe -> probe.closed);
    table.closeFrom(0);
    assertThat(table.size()).isZero();
  }

  @Test
  void a_pair_is_installed_completely_or_not_at_all() {
    table.setLimits(4, 1024, false);
    install(table, 3);
    Probe first = new Probe();
    Probe second = new Probe();
    assertFails(EMFILE, () -> table.installPair(first, second, false));
    assertThat(first.closed).isTrue();
    assertThat(second.closed).isTrue();
    assertThat(table.size()).isEqualTo(3);
    table.close(0);
    assertThat(table.installPair(new Probe(), new Probe(), true)).isEqualTo(new FdPair(0, 3));
    assertThat(table.closesOnExec(3)).isTrue();
  }

  @Test
  void a_copy_shares_descriptions_and_then_goes_its_own_way() {
    Probe[] probes = install(table, 70);
    table.setCloseOnExec(69, true);
    FdTable child = table.copy(new LockOwner(new LockTable(100), 2));
    assertThat(child.descriptors()).isEqualTo(table.descriptors());
    assertThat(child.closesOnExec(69)).isTrue();
    child.closeOnExec();
    table.close(0);
    assertThat(probes[69].closed).isFalse();
    assertThat(probes[0].closed).isFalse();
    assertThat(child.install(new Probe(), false)).isEqualTo(69);
    child.closeAll();
    assertThat(probes[0].closed).isTrue();
    assertThat(probes[1].closed).isFalse();
  }

  @Test
  void a_table_that_was_closed_takes_nothing_more() {
    install(table, 2);
    table.closeAll();
    Probe late = new Probe();
    assertFails(EBADF, () -> table.install(late, false));
    assertThat(late.closed).isTrue();
    assertThat(openFiles.used()).isZero();
  }

  @Test
  void setrlimit_follows_its_rules() {
    assertFails(EINVAL, () -> table.setLimits(11, 10, true));
    assertFails(EINVAL, () -> table.setLimits(-1, -1, true));
    table.setLimits(5, 100, false);
    assertFails(EPERM, () -> table.setLimits(5, 101, false));
    table.setLimits(5, 1024, true);
    assertFails(EPERM, () -> table.setLimits(5, 1025, true));
    assertFails(EPERM, () -> table.setLimits(5, Long.MAX_VALUE, true));
    assertThat(table.softLimit()).isEqualTo(5);
    assertThat(table.hardLimit()).isEqualTo(1024);
  }

  @Test
  void lookups_race_with_closing_and_never_see_a_closed_description() {
    install(table, 1);
    List<Guest<Integer>> lookers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      lookers.add(
          Guest.start(t -> {
            int found = 0;
            for (int n = 0; n < 50_000; n++) {
              FileDescription description = table.find(n % 3);
              if (description != null && description.tryRetain()) {
                assertThat(((Probe) description).closed).isFalse();
                description.release();
                found = found + 1;
              }
            }
            return found;
          }));
    }
    for (int n = 0; n < 20_000; n++) {
      table.install(new Probe(), false);
      table.dup2(0, 2);
      table.close(1);
      table.close(2);
    }
    for (Guest<Integer> looker : lookers) {
      assertThat(looker.result()).isPositive();
    }
    table.closeAll();
    assertThat(openFiles.used()).isZero();
  }

  /** One random operation. */
  record Step(int kind, int a, int b) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> fd = Arbitraries.integers().between(-1, 140);
    return Combinators.combine(Arbitraries.integers().between(0, 6), fd, fd)
        .as(Step::new)
        .list()
        .ofMaxSize(200);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void behaves_like_a_sorted_map(
      @ForAll("steps") List<Step> steps, @ForAll @IntRange(min = 1, max = 130) int limit) {
    FdTable subject =
        new FdTable(limit, new CountLimit(1000, ENFILE), new LockOwner(new LockTable(100), 1));
    Map<Integer, FileDescription> model = new TreeMap<>();
    for (Step step : steps) {
      apply(step, limit, subject, model);
      assertThat(subject.descriptors())
          .containsExactly(model.keySet().stream().mapToInt(Integer::intValue).toArray());
      model.forEach((fd, description) -> assertThat(subject.peek(fd)).isSameAs(description));
    }
    subject.closeAll();
    assertThat(model.values()).allMatch(description -> ((Probe) description).closed);
  }

  private void apply(Step step, int limit, FdTable subject, Map<Integer, FileDescription> model) {
    int a = step.a();
    int b = step.b();
    boolean open = model.containsKey(a);
    switch (step.kind()) {
      case 0, 1 -> {
        int expected = lowestFree(model, 0);
        Probe probe = new Probe();
        if (expected >= limit) {
          assertFails(EMFILE, () -> subject.install(probe, false));
        } else {
          assertThat(subject.install(probe, false)).isEqualTo(expected);
          model.put(expected, probe);
        }
      }
      case 2 -> {
        if (open) {
          subject.close(a);
          model.remove(a);
        } else {
          assertFails(EBADF, () -> subject.close(a));
        }
      }
      case 3 -> {
        if (!open || b < 0 || b >= limit) {
          assertFails(EBADF, () -> subject.dup2(a, b));
        } else {
          subject.dup2(a, b);
          model.put(b, model.get(a));
        }
      }
      case 4 -> {
        int expected = lowestFree(model, Math.max(0, b));
        if (!open) {
          assertFails(EBADF, () -> subject.dup(a, b, false));
        } else if (b < 0 || b >= limit) {
          assertFails(EINVAL, () -> subject.dup(a, b, false));
        } else if (expected >= limit) {
          assertFails(EMFILE, () -> subject.dup(a, b, false));
        } else {
          assertThat(subject.dup(a, b, false)).isEqualTo(expected);
          model.put(expected, model.get(a));
        }
      }
      case 5 -> {
        if (!open || b < 0 || b >= limit) {
          assertFails(EBADF, () -> subject.renumber(a, b));
        } else {
          subject.renumber(a, b);
          model.put(b, model.remove(a));
        }
      }
      default -> {
        if (a > 100) {
          subject.closeFrom(a);
          model.keySet().removeIf(fd -> fd >= a);
        }
      }
    }
  }

  private static int lowestFree(Map<Integer, FileDescription> model, int minimum) {
    int fd = minimum;
    while (model.containsKey(fd)) {
      fd = fd + 1;
    }
    return fd;
  }
}
