/* What the files of the benchmark program share. The same source runs on the host and, as WebAssembly, in a machine. */
#ifndef BASELINE_H
#define BASELINE_H

#include <stddef.h>

enum {
  SMALL = 4 << 10, /* bytes of a small file or message */
  CHUNK = 64 << 10, /* bytes that one read or write moves in loops */
  BIG = 1 << 20 /* bytes of a big file or message */
};

/*
 * Something to time. A sample is `batch` runs; what is reported is the time of one of them. Work that one run has to be
 * held to, such as "100 stat calls", is in its name or in the table of the documentation.
 */
struct operation {
  const char *name;
  int batch;
  void (*prepare)(void);
  void (*run)(void);
};

/* Each ends with an entry whose name is null. */
extern const struct operation fs_operations[];
extern const struct operation pipe_operations[];
extern const struct operation timer_operations[];
extern const struct operation control_operations[];
extern const struct operation process_operations[];

/* What a child does that a process operation starts; returns its exit status. */
int child(const char *what);

/* On the host: runs a command, which ends with a null. */
struct operation time_command(char **arguments);

/* The path by which this program was started. */
extern const char *program_path;

/* Something to write, once it was made; and room to read as much. */
extern char data[BIG];
extern char room[BIG];

/* Fills so many bytes of `data`. */
void make_data(long bytes);

/* Makes the working directory the one where relative paths start. */
void enter(void);

/* Says which call failed and why, and ends the program. */
_Noreturn void fail(const char *call);

/* Ends the program if the result of a call is negative; returns it. */
long check(long result, const char *call);

/* Ends the program if the result of a call is the number of an error. */
void require(int error, const char *call);

/* Ends the program unless the call moved as much as it should. */
void check_all(long moved, long expected, const char *call);

/* Reads until so many bytes came, or to the end of the file; returns how many came. */
long read_fully(int fd, char *to, long bytes);

/* Writes everything. */
void write_fully(int fd, const char *from, long bytes);

/* Makes or replaces a file of so many bytes. */
void make_file(const char *path, long bytes);

/* A pipe: two descriptors, which children inherit only where they are handed over. */
void make_pipe(int ends[2]);

/*
 * Starts this program as a child with one argument; its descriptors 0 and 1 become these, or stay where they are -1.
 * Returns its process id.
 */
int start(const char *what, int in, int out);

/* Waits for a child, or for any with -1; ends the program if it failed. */
void reap(int pid);

#endif
