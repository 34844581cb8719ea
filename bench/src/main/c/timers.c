/* Waiting, and not having to wait. */
#include "baseline.h"

#include <sched.h>
#include <time.h>

static void nothing(void) {}

static void sleep_for(long nanoseconds, int times) {
  struct timespec time = {0, nanoseconds};
  for (int i = 0; i < times; i++) {
    check(nanosleep(&time, NULL), "nanosleep");
  }
}

static void zero_x100(void) { sleep_for(0, 100); }

static void one_ms_x50(void) { sleep_for(1000000, 50); }

static void immediate_x1000(void) {
  for (int i = 0; i < 1000; i++) {
    check(sched_yield(), "sched_yield");
  }
}

const struct operation timer_operations[] = {
    {"timers/settimeout_zero_x100", 1, nothing, zero_x100},
    {"timers/settimeout_1ms_x50", 1, nothing, one_ms_x50},
    {"timers/setimmediate_x1000", 1, nothing, immediate_x1000},
    {NULL, 0, NULL, NULL},
};
