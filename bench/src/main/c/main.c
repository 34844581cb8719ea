/*
 * Times one operation inside a process: baseline OPERATION RUNS WARM-UP-RUNS WARM-UP-MS, in a directory of its own.
 * On the host it times commands too: see command.c.
 *
 * Standard output gets a line with nanoseconds for each sample: "cold N" for the first run of the process, then
 * "warm N" for each that counts. Warming up ends when both so many runs and so much time have passed.
 */
#include "baseline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef __wasm__
#include <sys/resource.h>
#endif

const char *program_path;
char data[BIG];
char room[BIG];

static const struct operation *const families[] = {
    fs_operations, pipe_operations, timer_operations, control_operations, process_operations};

enum { FAMILIES = sizeof families / sizeof families[0], MOST_RUNS = 100000 };

_Noreturn void fail(const char *call) {
  fprintf(stderr, "baseline: %s: %s\n", call, strerror(errno));
  exit(1);
}

long check(long result, const char *call) {
  if (result < 0) {
    fail(call);
  }
  return result;
}

void require(int error, const char *call) {
  if (error != 0) {
    errno = error;
    fail(call);
  }
}

void check_all(long moved, long expected, const char *call) {
  check(moved, call);
  if (moved != expected) {
    fprintf(stderr, "baseline: %s: %ld bytes instead of %ld\n", call, moved, expected);
    exit(1);
  }
}

long read_fully(int fd, char *to, long bytes) {
  long total = 0;
  while (total < bytes) {
    long moved = check(read(fd, to + total, bytes - total), "read");
    if (moved == 0) {
      break;
    }
    total += moved;
  }
  return total;
}

void write_fully(int fd, const char *from, long bytes) {
  for (long total = 0; total < bytes;) {
    total += check(write(fd, from + total, bytes - total), "write");
  }
}

void make_data(long bytes) {
  for (long i = 0; i < bytes; i++) {
    data[i] = (char)('a' + i % 26);
  }
}

static double now(void) {
  struct timespec time;
  check(clock_gettime(CLOCK_MONOTONIC, &time), "clock_gettime");
  return time.tv_sec * 1e9 + time.tv_nsec;
}

static double sample(const struct operation *operation) {
  double start = now();
  for (int i = 0; i < operation->batch; i++) {
    operation->run();
  }
  return (now() - start) / operation->batch;
}

static const struct operation *find(const char *name) {
  for (int family = 0; family < FAMILIES; family++) {
    for (const struct operation *operation = families[family]; operation->name != NULL; operation++) {
      if (strcmp(operation->name, name) == 0) {
        return operation;
      }
    }
  }
  return NULL;
}

static int list(void) {
  for (int family = 0; family < FAMILIES; family++) {
    for (const struct operation *operation = families[family]; operation->name != NULL; operation++) {
      puts(operation->name);
    }
  }
  return 0;
}

static int number(const char *text) {
  char *end;
  long value = strtol(text, &end, 10);
  if (*text == '\0' || *end != '\0' || value < 0 || value > MOST_RUNS) {
    fprintf(stderr, "baseline: %s: not a number from 0 to %d\n", text, MOST_RUNS);
    exit(2);
  }
  return (int)value;
}

static void measure(const struct operation *operation, int runs, int warm_up_runs, int warm_up_ms) {
  double *times = malloc(runs * sizeof *times);
  if (times == NULL && runs > 0) {
    fail("malloc");
  }
  enter();
  make_data(BIG);
  operation->prepare();
  printf("cold %.0f\n", sample(operation));
  double warm = now() + warm_up_ms * 1e6;
  for (int i = 0; i < warm_up_runs || now() < warm; i++) {
    sample(operation);
  }
  for (int i = 0; i < runs; i++) {
    times[i] = sample(operation);
  }
  for (int i = 0; i < runs; i++) {
    printf("warm %.0f\n", times[i]);
  }
  free(times);
}

#ifndef __wasm__
/*
 * The highest memory of this process. Not from getrusage, which also tells of what ran in the process before this
 * program.
 */
static void tell_memory(void) {
  FILE *status = fopen("/proc/self/status", "r");
  char line[256];
  long kibibytes;
  while (status != NULL && fgets(line, sizeof line, status) != NULL) {
    if (sscanf(line, "VmHWM: %ld kB", &kibibytes) == 1) {
      printf("memory %ld\n", kibibytes * 1024);
    }
  }
  if (status != NULL) {
    fclose(status);
  }
}

/* The highest memory of the largest child. */
static void tell_memory_of_children(void) {
  struct rusage used;
  check(getrusage(RUSAGE_CHILDREN, &used), "getrusage");
  printf("memory %ld\n", used.ru_maxrss * 1024);
}
#endif

int main(int count, char **arguments) {
  program_path = arguments[0];
  if (count == 2 && strcmp(arguments[1], "--list") == 0) {
    return list();
  }
  if (count == 3 && strcmp(arguments[1], "--child") == 0) {
    return child(arguments[2]);
  }
#ifndef __wasm__
  if (count > 5 && strcmp(arguments[1], "--time") == 0) {
    struct operation operation = time_command(arguments + 5);
    measure(&operation, number(arguments[2]), number(arguments[3]), number(arguments[4]));
    tell_memory_of_children();
    return 0;
  }
#endif
  if (count != 5) {
    fputs("usage: baseline OPERATION RUNS WARM-UP-RUNS WARM-UP-MS | --list\n", stderr);
    return 2;
  }
  const struct operation *operation = find(arguments[1]);
  if (operation == NULL) {
    fprintf(stderr, "baseline: %s: no such operation\n", arguments[1]);
    return 2;
  }
  measure(operation, number(arguments[2]), number(arguments[3]), number(arguments[4]));
#ifndef __wasm__
  tell_memory();
#endif
  return 0;
}
