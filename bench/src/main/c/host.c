/* Pipes and children as POSIX has them. */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

void enter(void) {}

void make_pipe(int ends[2]) { check(pipe2(ends, O_CLOEXEC), "pipe2"); }

int start(const char *what, int in, int out) {
  char *arguments[] = {(char *)program_path, "--child", (char *)what, NULL};
  posix_spawn_file_actions_t actions;
  require(posix_spawn_file_actions_init(&actions), "posix_spawn_file_actions_init");
  if (in >= 0) {
    require(posix_spawn_file_actions_adddup2(&actions, in, 0), "posix_spawn_file_actions_adddup2");
  }
  if (out >= 0) {
    require(posix_spawn_file_actions_adddup2(&actions, out, 1), "posix_spawn_file_actions_adddup2");
  }
  pid_t pid;
  require(posix_spawn(&pid, program_path, &actions, NULL, arguments, environ), "posix_spawn");
  posix_spawn_file_actions_destroy(&actions);
  return pid;
}

void reap(int pid) {
  int status;
  check(waitpid(pid, &status, 0), "waitpid");
  if (status != 0) {
    errno = ECHILD;
    fail("child");
  }
}
