/* Pipes within one process: what a call costs, without anyone who waits. */
#include "baseline.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum { CHAIN = 3, ROUNDS = 4 };

static int chain[CHAIN][2];

static void make_chain(void) {
  for (int i = 0; i < CHAIN; i++) {
    make_pipe(chain[i]);
  }
}

static void pass(int ends[2], long bytes) {
  write_fully(ends[1], data, bytes);
  check_all(read_fully(ends[0], room, bytes), bytes, "read");
}

static void pass_through_small(void) { pass(chain[0], SMALL); }

static void pass_through_big(void) {
  for (long done = 0; done < BIG; done += CHUNK) {
    pass(chain[0], CHUNK);
  }
}

static void pipe_chain_3(void) {
  for (int i = 0; i < CHAIN; i++) {
    pass(chain[i], SMALL);
  }
}

static void make_nonblocking(void) {
  make_chain();
  for (int end = 0; end < 2; end++) {
    check(fcntl(chain[0][end], F_SETFL, O_NONBLOCK), "fcntl");
  }
}

/* Fills a pipe in small writes until it takes no more, and empties it again. */
static void backpressure_chunks(void) {
  for (int i = 0; i < ROUNDS; i++) {
    long filled = 0;
    long moved;
    while ((moved = write(chain[0][1], data, SMALL)) > 0) {
      filled += moved;
    }
    if (errno != EAGAIN) {
      fail("write");
    }
    check_all(read_fully(chain[0][0], room, filled), filled, "read");
  }
}

const struct operation pipe_operations[] = {
    {"pipes/pass_through_small", 10, make_chain, pass_through_small},
    {"pipes/pass_through_big", 1, make_chain, pass_through_big},
    {"pipes/backpressure_chunks", 1, make_nonblocking, backpressure_chunks},
    {"process/pipe_chain_3", 10, make_chain, pipe_chain_3},
    {NULL, 0, NULL, NULL},
};
