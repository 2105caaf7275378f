/* A disk and a clock that fail on purpose, loaded before the C library (LD_PRELOAD).
 *
 * CABRANK_FAULTS names a file of `struct orders`, shared with the test, which changes it while the program runs;
 * CABRANK_FAULTS_DIR the directory whose files are concerned. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

struct orders {
  uint32_t sync_delay_ms;
  uint32_t sync_errno;
  uint32_t write_errno;
  uint32_t write_delay_ms;
  int64_t wall_offset_us;
  uint64_t syncs;
};

static struct orders none;
static volatile struct orders *orders = &none;
static char directory[4096];

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("CABRANK_FAULTS"), *where = getenv("CABRANK_FAULTS_DIR");
  if (!path || !where || strlen(where) >= sizeof directory) return;
  strcpy(directory, where);
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0) return;
  void *shared = mmap(0, sizeof *orders, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  if (shared != MAP_FAILED) orders = shared;
  close(fd);
}

static int is_concerned(int fd) {
  char name[64], path[4096];
  snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(name, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return directory[0] && strncmp(path, directory, strlen(directory)) == 0;
}

static void delay(uint32_t ms) {
  struct timespec rest = {ms / 1000, (long)(ms % 1000) * 1000000};
  while (nanosleep(&rest, &rest) && errno == EINTR) {}
}

/* Whether the call is to fail; errno is set then. */
static int fails(int fd, uint32_t delay_ms, uint32_t error) {
  if ((!delay_ms && !error) || !is_concerned(fd)) return 0;
  if (delay_ms) delay(delay_ms);
  if (error) errno = (int)error;
  return error != 0;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static int sync_with(int fd, int (*real)(int)) {
  if (fails(fd, orders->sync_delay_ms, orders->sync_errno)) return -1;
  __atomic_fetch_add((uint64_t *)&orders->syncs, 1, __ATOMIC_RELAXED);
  return real(fd);
}

int fsync(int fd) { return sync_with(fd, REAL(fsync)); }
int fdatasync(int fd) { return sync_with(fd, REAL(fdatasync)); }

#define OR_FAIL(real) (fails(fd, orders->write_delay_ms, orders->write_errno) ? -1 : (real))

ssize_t write(int fd, const void *bytes, size_t count) {
  static ssize_t (*real)(int, const void *, size_t);
  if (!real) real = REAL(write);
  return OR_FAIL(real(fd, bytes, count));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  static ssize_t (*real)(int, const struct iovec *, int);
  if (!real) real = REAL(writev);
  return OR_FAIL(real(fd, parts, count));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t at) {
  static ssize_t (*real)(int, const void *, size_t, off64_t);
  if (!real) real = REAL(pwrite64);
  return OR_FAIL(real(fd, bytes, count, at));
}

int clock_gettime(clockid_t which, struct timespec *now) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = REAL(clock_gettime);
  int answer = real(which, now);
  if (answer == 0 && which == CLOCK_REALTIME) {
    int64_t us = (int64_t)now->tv_sec * 1000000 + now->tv_nsec / 1000 + orders->wall_offset_us;
    now->tv_sec = us / 1000000;
    now->tv_nsec = us % 1000000 * 1000;
  }
  return answer;
}
