package io.vivarium.kernel.user;

import static io.vivarium.kernel.errno.Errno.ENOENT;
import static io.vivarium.kernel.file.Errnos.assertFails;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Holds the user database to getpwent(3), getgrent(3) and the formats of passwd(5) and group(5).
 */
class UserDatabaseTest {
  private static final String ROOT = "root:x:0:0:root:/root:/bin/sh";
  private static final String USER = "user:x:1000:1000::/home/user:";
  private static final String LARGE = "big:x:4294967294:1:::";

  private final UserDatabase users =
      new UserDatabase(
          () ->
              List.of(
                  ROOT,
                  "",
                  "# comment",
                  "short:x:1:1",
                  "letters:x:a:1:::",
                  "negative:x:-1:1:::",
                  ":x:5:5:::",
                  USER,
                  "twin:x:1000:1::/:",
                  LARGE),
          () -> List.of("root:x:0:", "staff:x:50:user,root", "broken:x", "more:x:60:user"));

  @Test
  void users_are_found_by_name_and_id_and_the_first_wins() {
    assertThat(users.passwd("root")).isEqualTo(ROOT);
    assertThat(users.passwd(1000)).isEqualTo(USER);
    assertThat(users.passwd("twin")).startsWith("twin:");
    assertThat(users.passwd(-2)).isEqualTo(LARGE);
    assertFails(ENOENT, () -> users.passwd(""));
    assertFails(ENOENT, () -> users.passwd("nobody"));
    assertFails(ENOENT, () -> users.passwd(77));
  }

  @Test
  void malformed_lines_are_passed_over() {
    assertThat(users.passwdEntry(0)).isEqualTo(ROOT);
    assertThat(users.passwdEntry(1)).isEqualTo(USER);
    assertThat(users.passwdEntry(3)).isEqualTo(LARGE);
    assertFails(ENOENT, () -> users.passwdEntry(4));
    assertFails(ENOENT, () -> users.passwdEntry(-1));
    assertThat(users.groupEntry(2)).isEqualTo("more:x:60:user");
    assertFails(ENOENT, () -> users.groupEntry(3));
  }

  @Test
  void groups_are_found_by_name_and_id_and_by_member() {
    assertThat(users.group("staff")).isEqualTo("staff:x:50:user,root");
    assertThat(users.group(60)).isEqualTo("more:x:60:user");
    assertFails(ENOENT, () -> users.group("x"));
    assertThat(users.groupsOf("user")).containsExactly(50, 60);
    assertThat(users.groupsOf("use")).isEmpty();
  }
}
