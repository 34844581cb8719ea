package io.vivarium.kernel.user;

import static io.vivarium.kernel.errno.Errno.EINVAL;
import static io.vivarium.kernel.errno.Errno.EPERM;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static io.vivarium.kernel.user.Credentials.EXECUTE;
import static io.vivarium.kernel.user.Credentials.READ;
import static io.vivarium.kernel.user.Credentials.UNCHANGED;
import static io.vivarium.kernel.user.Credentials.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Holds credentials to credentials(7), path_resolution(7) and the man pages of set*id. */
class CredentialsTest {

  private final Credentials root = Credentials.root();
  private final Credentials user = Credentials.of(1000, 100, 20, 30);

  /** A user who runs a program that is set-user-ID to 5. */
  private final Credentials setUid = root.setUids(1000, 5, 5);

  private static String uids(Credentials who) {
    return who.realUid() + " " + who.effectiveUid() + " " + who.savedUid();
  }

  private static String gids(Credentials who) {
    return who.realGid() + " " + who.effectiveGid() + " " + who.savedGid();
  }

  // ---- access
  // ------------------------------------------------------------------------------------

  @Test
  void the_first_class_that_fits_decides_even_if_a_later_one_grants_more() {
    assertThat(user.mayAccess(0077, false, 1000, 100, READ)).isFalse();
    assertThat(user.mayAccess(0707, false, 1, 100, READ)).isFalse();
    assertThat(user.mayAccess(0707, false, 1, 20, READ)).as("supplementary").isFalse();
    assertThat(user.mayAccess(0770, false, 1, 1, READ)).isFalse();
    assertThat(user.mayAccess(0700, false, 1000, 1, READ | WRITE | EXECUTE)).isTrue();
    assertThat(user.mayAccess(0060, false, 1, 30, READ | WRITE)).isTrue();
    assertThat(user.mayAccess(0060, false, 1, 30, READ | EXECUTE)).isFalse();
    assertThat(user.mayAccess(0004, false, 1, 1, READ)).isTrue();
    assertThat(user.mayAccess(0, false, 1, 1, 0)).as("existence").isTrue();
  }

  @Test
  void root_may_do_everything_but_execute_what_nobody_may() {
    assertThat(root.mayAccess(0, false, 1000, 100, READ | WRITE)).isTrue();
    assertThat(root.mayAccess(0, false, 1000, 100, EXECUTE)).isFalse();
    assertThat(root.mayAccess(0666, false, 1000, 100, READ | EXECUTE)).isFalse();
    assertThat(root.mayAccess(0001, false, 1000, 100, EXECUTE)).isTrue();
    assertThat(root.mayAccess(0, true, 1000, 100, READ | WRITE | EXECUTE)).isTrue();
  }

  @Test
  void access_goes_by_effective_ids_and_access_2_by_real_ones() {
    assertThat(setUid.mayAccess(0400, false, 5, 0, READ)).isTrue();
    assertThat(setUid.asReal().mayAccess(0400, false, 5, 1, READ)).isFalse();
    assertThat(setUid.asReal().mayAccess(0400, false, 1000, 1, READ)).isTrue();
    assertThat(user.asReal()).isSameAs(user);
  }

  @Test
  void groups_are_a_sorted_copy() {
    Credentials who = Credentials.of(1, 2, 9, 3, 7);
    who.groups()[0] = 42;
    assertThat(who.groups()).containsExactly(3, 7, 9);
    assertThat(who.inGroup(2)).isTrue();
    assertThat(who.inGroup(7)).isTrue();
    assertThat(who.inGroup(42)).isFalse();
  }

  // ---- uids
  // --------------------------------------------------------------------------------------

  @Test
  void setuid_of_root_is_for_good_and_of_others_goes_back_and_forth() {
    assertThat(uids(root.setUid(7))).isEqualTo("7 7 7");
    assertThat(uids(setUid.setUid(1000))).isEqualTo("1000 1000 5");
    assertThat(uids(setUid.setUid(1000).setUid(5))).isEqualTo("1000 5 5");
    assertFails(EPERM, () -> user.setUid(0));
    assertFails(EPERM, () -> setUid.setUid(7));
    assertFails(EINVAL, () -> root.setUid(UNCHANGED));
  }

  @Test
  void setuid_does_not_accept_the_effective_id_alone() {
    Credentials who = root.setUids(1, 2, 3);
    assertFails(EPERM, () -> who.setUid(2));
  }

  @Test
  void seteuid_takes_any_of_the_three() {
    Credentials who = root.setUids(1, 2, 3);
    assertThat(uids(who.setEffectiveUid(1))).isEqualTo("1 1 3");
    assertThat(uids(who.setEffectiveUid(2))).isEqualTo("1 2 3");
    assertThat(uids(who.setEffectiveUid(3))).isEqualTo("1 3 3");
    assertFails(EPERM, () -> who.setEffectiveUid(4));
    assertFails(EINVAL, () -> who.setEffectiveUid(UNCHANGED));
    assertThat(uids(root.setEffectiveUid(9).setEffectiveUid(0))).isEqualTo("0 0 0");
  }

  @Test
  void setreuid_saves_the_effective_id_when_the_real_one_is_set_or_left_behind() {
    Credentials who = root.setUids(1, 2, 3);
    assertThat(uids(who.setUids(UNCHANGED, UNCHANGED))).isEqualTo("1 2 3");
    assertThat(uids(who.setUids(2, 1))).isEqualTo("2 1 1");
    assertThat(uids(who.setUids(UNCHANGED, 3))).isEqualTo("1 3 3");
    assertThat(uids(who.setUids(UNCHANGED, 1))).isEqualTo("1 1 3");
    assertThat(uids(who.setUids(1, UNCHANGED))).isEqualTo("1 2 2");
    assertFails(EPERM, () -> who.setUids(3, UNCHANGED));
    assertFails(EPERM, () -> who.setUids(UNCHANGED, 4));
    assertThat(uids(root.setUids(8, 9))).isEqualTo("8 9 9");
  }

  @Test
  void setresuid_sets_each_to_any_of_the_three() {
    Credentials who = root.setUids(1, 2, 3);
    assertThat(uids(who.setUids(3, 1, 2))).isEqualTo("3 1 2");
    assertThat(uids(who.setUids(UNCHANGED, UNCHANGED, 1))).isEqualTo("1 2 1");
    assertFails(EPERM, () -> who.setUids(UNCHANGED, UNCHANGED, 4));
    assertFails(EPERM, () -> who.setUids(4, UNCHANGED, UNCHANGED));
  }

  // ---- gids
  // --------------------------------------------------------------------------------------

  @Test
  void the_group_calls_follow_the_same_rules_with_the_privilege_of_uid_0() {
    assertThat(gids(root.setGid(7))).isEqualTo("7 7 7");
    assertFails(EPERM, () -> user.setGid(0));
    assertFails(EPERM, () -> user.setGid(20));
    Credentials who = root.setGids(1, 2, 3).setUid(1000);
    assertThat(gids(who.setGid(3))).isEqualTo("1 3 3");
    assertThat(gids(who.setEffectiveGid(1))).isEqualTo("1 1 3");
    assertThat(gids(who.setGids(2, 1))).isEqualTo("2 1 1");
    assertThat(gids(who.setGids(3, 1, 2))).isEqualTo("3 1 2");
    assertFails(EPERM, () -> who.setGid(2));
    assertFails(EPERM, () -> who.setGids(3, UNCHANGED));
    assertFails(EPERM, () -> who.setGids(UNCHANGED, UNCHANGED, 4));
    assertFails(EINVAL, () -> root.setGid(UNCHANGED));
    assertFails(EINVAL, () -> root.setEffectiveGid(UNCHANGED));
  }

  @Test
  void setgroups_is_for_root_and_at_most_64() {
    assertThat(root.setGroups(3, 1, 2).groups()).containsExactly(1, 2, 3);
    assertThat(root.setGroups(new int[64]).groups()).hasSize(64);
    assertFails(EINVAL, () -> root.setGroups(new int[65]));
    assertFails(EINVAL, () -> root.setGroups(1, UNCHANGED));
    assertFails(EPERM, () -> user.setGroups());
    assertFails(EPERM, () -> Credentials.of(1000, 0).setGroups());
  }

  // ---- signals, exec, spawn
  // ----------------------------------------------------------------------

  @Test
  void signals_need_a_real_or_effective_id_that_is_the_others_real_or_saved_one() {
    assertThat(root.maySignal(user)).isTrue();
    assertThat(user.maySignal(root)).isFalse();
    assertThat(user.maySignal(Credentials.of(1000, 7))).isTrue();
    assertThat(user.maySignal(setUid)).as("who started it may").isTrue();
    Credentials effectiveOnly = root.setUids(1, 1000, 2);
    assertThat(user.maySignal(effectiveOnly)).isFalse();
    assertThat(effectiveOnly.maySignal(user)).isTrue();
  }

  @Test
  void exec_saves_the_effective_ids_and_resetids_drops_them() {
    Credentials who = root.setGids(1, 2, 3).setUids(4, 5, 6);
    assertThat(uids(who.executed()) + " " + gids(who.executed())).isEqualTo("4 5 5 1 2 2");
    assertThat(uids(who.resetIds()) + " " + gids(who.resetIds())).isEqualTo("4 4 4 1 1 1");
    assertThat(user.executed()).isSameAs(user);
  }

  @Test
  void equal_ids_are_equal_credentials() {
    assertThat(Credentials.of(1, 2, 3, 4)).isEqualTo(Credentials.of(1, 2, 4, 3));
    assertThat(Credentials.of(1, 2, 3, 4)).hasSameHashCodeAs(Credentials.of(1, 2, 4, 3));
    assertThat(Credentials.of(1, 2)).isNotEqualTo(Credentials.of(1, 2, 3));
    assertThat(Credentials.of(-2, 1).toString()).contains("uid=4294967294");
  }
}
