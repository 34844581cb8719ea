/* Files and directories, in the working directory. */
#include "baseline.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STORM = 100, FEW = 100, MANY = 1000, STREAM = 4 << 20 };

static void nothing(void) {}

void make_file(const char *path, long bytes) {
  int fd = (int)check(open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644), "open");
  for (long done = 0; done < bytes; done += BIG) {
    write_fully(fd, data, bytes - done < BIG ? bytes - done : BIG);
  }
  check(close(fd), "close");
}

static void small_file(void) { make_file("small", SMALL); }

static void big_file(void) { make_file("big", BIG); }

static void stream_file(void) { make_file("stream", STREAM); }

static void open_close_churn(void) {
  for (int i = 0; i < STORM; i++) {
    check(close((int)check(open("small", O_RDONLY), "open")), "close");
  }
}

static void stat_storm(void) {
  struct stat found;
  for (int i = 0; i < STORM; i++) {
    check(stat("small", &found), "stat");
  }
}

static void deep_tree(void) {
  char path[256];
  int length = 0;
  for (int i = 0; i < 31; i++) {
    length += snprintf(path + length, sizeof path - length, "d/");
    if (mkdir(path, 0755) != 0 && errno != EEXIST) {
      fail("mkdir");
    }
  }
  snprintf(path + length, sizeof path - length, "f");
  make_file(path, 0);
}

static void stat_deep_storm(void) {
  static const char deep[] = "d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/f";
  struct stat found;
  for (int i = 0; i < STORM; i++) {
    check(stat(deep, &found), "stat");
  }
}

static void read_file(const char *path, long bytes) {
  int fd = (int)check(open(path, O_RDONLY), "open");
  check_all(read_fully(fd, room, bytes), bytes, "read");
  check(close(fd), "close");
}

static void read_small(void) { read_file("small", SMALL); }

static void read_big(void) { read_file("big", BIG); }

static void create_unlink(void) {
  check(close((int)check(open("new", O_WRONLY | O_CREAT | O_EXCL, 0644), "open")), "close");
  check(unlink("new"), "unlink");
}

static void mkdir_rmdir(void) {
  check(mkdir("directory", 0755), "mkdir");
  check(rmdir("directory"), "rmdir");
}

static void rename_file(void) {
  check(rename("small", "other"), "rename");
  check(rename("other", "small"), "rename");
}

static void directory_of(int files) {
  char path[32];
  if (mkdir("listed", 0755) != 0 && errno != EEXIST) {
    fail("mkdir");
  }
  for (int i = 0; i < files; i++) {
    snprintf(path, sizeof path, "listed/file-%d", i);
    make_file(path, 0);
  }
}

static void few_files(void) { directory_of(FEW); }

static void many_files(void) { directory_of(MANY); }

static void read_directory(int files) {
  DIR *directory = opendir("listed");
  if (directory == NULL) {
    fail("opendir");
  }
  int found = 0;
  while (readdir(directory) != NULL) {
    found++;
  }
  check_all(found, files + 2, "readdir");
  check(closedir(directory), "closedir");
}

static void readdir_small(void) { read_directory(FEW); }

static void readdir_big(void) { read_directory(MANY); }

static void fsync_small(void) {
  int fd = (int)check(open("small", O_WRONLY | O_CREAT | O_TRUNC, 0644), "open");
  write_fully(fd, data, SMALL);
  check(fsync(fd), "fsync");
  check(close(fd), "close");
}

static void copy(const char *from, long bytes) {
  int in = (int)check(open(from, O_RDONLY), "open");
  int out = (int)check(open("copy", O_WRONLY | O_CREAT | O_TRUNC, 0644), "open");
  long total = 0;
  long moved;
  while ((moved = check(read(in, room, CHUNK), "read")) > 0) {
    write_fully(out, room, moved);
    total += moved;
  }
  check_all(total, bytes, "copy");
  check(close(in), "close");
  check(close(out), "close");
}

static void stream_copy_small(void) { copy("small", SMALL); }

static void stream_copy_big(void) { copy("stream", STREAM); }

static int null_device;

static void open_null(void) { null_device = (int)check(open("/dev/null", O_WRONLY), "open"); }

static void write_null(void) {
  for (int i = 0; i < 8; i++) {
    write_fully(null_device, data, CHUNK);
  }
}

const struct operation fs_operations[] = {
    {"fs/open_close_churn", 1, small_file, open_close_churn},
    {"fs/stat_storm", 1, small_file, stat_storm},
    {"fs/stat_deep_storm", 1, deep_tree, stat_deep_storm},
    {"fs/fs_write_small", 10, nothing, small_file},
    {"fs/fs_write_big", 1, nothing, big_file},
    {"fs/fs_read_small", 10, small_file, read_small},
    {"fs/fs_read_big", 1, big_file, read_big},
    {"fs/create_unlink", 10, nothing, create_unlink},
    {"fs/mkdir_rmdir", 10, nothing, mkdir_rmdir},
    {"fs/rename_file", 10, small_file, rename_file},
    {"fs/readdir_small", 1, few_files, readdir_small},
    {"fs/readdir_big", 1, many_files, readdir_big},
    {"fs/fsync_small", 10, nothing, fsync_small},
    {"fs/stream_copy_small", 10, small_file, stream_copy_small},
    {"fs/stream_copy_big", 1, stream_file, stream_copy_big},
    {"perf-finding/stdio_writeSync_8x64k", 1, open_null, write_null},
    {NULL, 0, NULL, NULL},
};
