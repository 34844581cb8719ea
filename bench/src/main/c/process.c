/* Children: this program once more, saying or repeating something. */
#include "baseline.h"

#include <string.h>
#include <unistd.h>

enum { FANOUT = 8 };

static void nothing(void) {}

int child(const char *what) {
  if (strcmp(what, "quiet") == 0) {
    return 0;
  }
  if (strcmp(what, "small") == 0) {
    make_data(SMALL);
    write_fully(1, data, SMALL);
    return 0;
  }
  if (strcmp(what, "big") == 0) {
    make_data(BIG);
    write_fully(1, data, BIG);
    return 0;
  }
  if (strcmp(what, "repeat") == 0) {
    long moved;
    while ((moved = check(read(0, room, CHUNK), "read")) > 0) {
      write_fully(1, room, moved);
    }
    return 0;
  }
  return 2;
}

static void capture(const char *what, long bytes) {
  int ends[2];
  make_pipe(ends);
  int pid = start(what, -1, ends[1]);
  check(close(ends[1]), "close");
  check_all(read_fully(ends[0], room, bytes), bytes, "read");
  char more;
  check_all(read(ends[0], &more, 1), 0, "read");
  check(close(ends[0]), "close");
  reap(pid);
}

static void exec_capture(void) { capture("quiet", 0); }

static void capture_small(void) { capture("small", SMALL); }

static void capture_big(void) { capture("big", BIG); }

static void stdin_roundtrip(void) {
  int to[2];
  int from[2];
  make_pipe(to);
  make_pipe(from);
  int pid = start("repeat", to[0], from[1]);
  check(close(to[0]), "close");
  check(close(from[1]), "close");
  write_fully(to[1], data, SMALL);
  check(close(to[1]), "close");
  check_all(read_fully(from[0], room, SMALL + 1), SMALL, "read");
  check(close(from[0]), "close");
  reap(pid);
}

static void fanout_spawn_8(void) {
  int pids[FANOUT];
  for (int i = 0; i < FANOUT; i++) {
    pids[i] = start("quiet", -1, -1);
  }
  for (int i = 0; i < FANOUT; i++) {
    reap(pids[i]);
  }
}

static void wait_reap_storm_8(void) {
  for (int i = 0; i < FANOUT; i++) {
    start("quiet", -1, -1);
  }
  for (int i = 0; i < FANOUT; i++) {
    reap(-1);
  }
}

const struct operation process_operations[] = {
    {"process/exec_capture", 1, nothing, exec_capture},
    {"process/spawn_stdout_capture_small", 1, nothing, capture_small},
    {"process/spawn_stdout_capture_big", 1, nothing, capture_big},
    {"process/spawn_stdin_roundtrip", 1, nothing, stdin_roundtrip},
    {"process/fanout_spawn_8", 1, nothing, fanout_spawn_8},
    {"process/wait_reap_storm_8", 1, nothing, wait_reap_storm_8},
    {NULL, 0, NULL, NULL},
};
