/* Work that asks nothing of the system. */
#include "baseline.h"

#include <stdint.h>
#include <stdlib.h>

enum { TURNS = 1000000, BLOCKS = 10000 };

static volatile uint32_t result;
static void *blocks[BLOCKS];

static void nothing(void) {}

static void cpu_loop(void) {
  uint32_t state = 2463534242u;
  for (int i = 0; i < TURNS; i++) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
  }
  result = state;
}

static void alloc_free(void) {
  for (int i = 0; i < BLOCKS; i++) {
    char *block = malloc(16 + (i * 37) % 1000);
    if (block == NULL) {
      fail("malloc");
    }
    *block = (char)i;
    blocks[i] = block;
  }
  for (int i = 0; i < BLOCKS; i++) {
    free(blocks[i]);
  }
}

const struct operation control_operations[] = {
    {"control/cpu_loop", 1, nothing, cpu_loop},
    {"control/alloc_free", 1, nothing, alloc_free},
    {NULL, 0, NULL, NULL},
};
