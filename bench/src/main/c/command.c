/* Commands of the host: baseline --time RUNS WARM-UP-RUNS WARM-UP-MS COMMAND [ARGUMENT...]. */
#include "baseline.h"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static char **command;

static void nothing(void) {}

/* Starts it, reads what it prints, and waits for it. */
static void run(void) {
  int ends[2];
  make_pipe(ends);
  posix_spawn_file_actions_t actions;
  require(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  require(posix_spawn_file_actions_adddup2(&actions, ends[1], 1), "posix_spawn_file_actions_adddup2");
  pid_t pid;
  require(posix_spawnp(&pid, command[0], &actions, NULL, command, environ), command[0]);
  posix_spawn_file_actions_destroy(&actions);
  check(close(ends[1]), "close");
  while (check(read(ends[0], room, CHUNK), "read") > 0) {
  }
  check(close(ends[0]), "close");
  reap(pid);
}

struct operation time_command(char **arguments) {
  command = arguments;
  return (struct operation){"command", 1, nothing, run};
}
