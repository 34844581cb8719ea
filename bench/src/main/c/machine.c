/* Pipes and children as the machine has them: host_process, which docs/WASI.md describes. */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wasi/libc.h>

#define IMPORT(function) __attribute__((import_module("host_process"), import_name(#function))) uint32_t function

IMPORT(fd_pipe)(uint32_t *read_end, uint32_t *write_end);
IMPORT(fd_setfd)(uint32_t fd, uint32_t flags);
IMPORT(proc_spawn_v3)(const char *path, uint32_t path_length, const char *arguments, uint32_t arguments_length,
    const char *environment, uint32_t environment_length, const void *actions, uint32_t actions_length,
    const char *directory, uint32_t directory_length, uint32_t flags, uint32_t default_low, uint32_t default_high,
    uint32_t mask_low, uint32_t mask_high, uint32_t group, uint32_t *pid);
IMPORT(proc_waitpid_v2)(uint32_t pid, uint32_t options, uint32_t *exit_code, uint32_t *signal, uint32_t *found,
    uint32_t *core);

enum { CLOEXEC = 1, DUP2 = 2, ROOT = 0x40000003 };

struct action {
  uint32_t command;
  int32_t fd;
  int32_t source;
  int32_t flags;
  uint32_t mode;
  uint32_t path_length;
};

/*
 * A program that imports host_process has the root directory under a number that is no descriptor, for which this libc does not
 * look; and this libc knows no working directory. Both are made known to it here.
 */
void enter(void) {
  check(__wasilibc_register_preopened_fd(ROOT, "/"), "/");
  int devices = (int)check(open("/dev", O_RDONLY | O_DIRECTORY), "open");
  const char *directory = getenv("PWD");
  if (directory == NULL) {
    errno = ENOENT;
    fail("PWD");
  }
  int here = (int)check(open(directory, O_RDONLY | O_DIRECTORY), "open");
  check(__wasilibc_register_preopened_fd(devices, "/dev"), "/dev");
  check(__wasilibc_register_preopened_fd(here, "."), ".");
}

void make_pipe(int ends[2]) {
  uint32_t both[2];
  require(fd_pipe(&both[0], &both[1]), "fd_pipe");
  for (int i = 0; i < 2; i++) {
    require(fd_setfd(both[i], CLOEXEC), "fd_setfd");
    ends[i] = (int)both[i];
  }
}

int start(const char *what, int in, int out) {
  struct action actions[2];
  int count = 0;
  if (in >= 0) {
    actions[count++] = (struct action){DUP2, 0, in, 0, 0, 0};
  }
  if (out >= 0) {
    actions[count++] = (struct action){DUP2, 1, out, 0, 0, 0};
  }
  char arguments[256];
  size_t length = 0;
  const char *const words[] = {program_path, "--child", what};
  for (int i = 0; i < 3; i++) {
    size_t word = strlen(words[i]) + 1;
    if (length + word > sizeof arguments) {
      errno = E2BIG;
      fail("proc_spawn_v3");
    }
    memcpy(arguments + length, words[i], word);
    length += word;
  }
  uint32_t pid;
  require(
      proc_spawn_v3(program_path, strlen(program_path), arguments, length, "", 0, actions, count * sizeof actions[0],
          "", 0, 0, 0, 0, 0, 0, 0, &pid),
      "proc_spawn_v3");
  return (int)pid;
}

void reap(int pid) {
  uint32_t exit_code;
  uint32_t signal;
  uint32_t found;
  uint32_t core;
  require(proc_waitpid_v2((uint32_t)pid, 0, &exit_code, &signal, &found, &core), "proc_waitpid_v2");
  if (exit_code != 0 || signal != 0) {
    errno = ECHILD;
    fail("child");
  }
}
