/* What a run writes, counted; at a given call the process is killed, or from a given byte on the disk is full.
 *
 * Loaded before a command (LD_PRELOAD) by tests/cli/test_faults.py. FAULT_AT=n kills before the n-th call that writes, syncs, cuts,
 * renames or removes a file, FAULT_AT=-n after it; FAULT_BYTES=n lets n bytes through; FAULT_COUNT=path gets both counts at the end.
 * Only regular files count, and neither stdout nor stderr. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long calls, bytes;
static long at, most = -1;

__attribute__((constructor)) static void begin(void) {
    if (getenv("FAULT_AT")) at = atol(getenv("FAULT_AT"));
    if (getenv("FAULT_BYTES")) most = atol(getenv("FAULT_BYTES"));
}

__attribute__((destructor)) static void end(void) {
    FILE *file = getenv("FAULT_COUNT") ? fopen(getenv("FAULT_COUNT"), "w") : NULL;
    if (file) {
        fprintf(file, "%ld %ld\n", calls, bytes);
        fclose(file);
    }
}

static int counts(int fd) {
    struct stat found;
    return fd > 2 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

static long before(void) {
    long here = ++calls;
    if (at > 0 && here == at) raise(SIGKILL);
    return here;
}

static void after(long here) {
    if (at < 0 && here == -at) raise(SIGKILL);
}

static int is_full(size_t size) {
    long total = bytes += size;
    if (most >= 0 && total > most) {
        errno = ENOSPC;
        return 1;
    }
    return 0;
}

#define WRITES(name, params, size, ...) \
    ssize_t name params { \
        static ssize_t (*real) params; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        if (!counts(fd)) return real(__VA_ARGS__); \
        long here = before(); \
        if (is_full(size)) return -1; \
        ssize_t done = real(__VA_ARGS__); \
        after(here); \
        return done; \
    }

#define CHANGES(name, params, ...) \
    int name params { \
        static int (*real) params; \
        if (!real) real = dlsym(RTLD_NEXT, #name); \
        long here = before(); \
        int done = real(__VA_ARGS__); \
        after(here); \
        return done; \
    }

WRITES(write, (int fd, const void *from, size_t size), size, fd, from, size)
WRITES(pwrite, (int fd, const void *from, size_t size, off_t place), size, fd, from, size, place)
WRITES(pwrite64, (int fd, const void *from, size_t size, off64_t place), size, fd, from, size, place)
CHANGES(fsync, (int fd), fd)
CHANGES(fdatasync, (int fd), fd)
CHANGES(ftruncate, (int fd, off_t size), fd, size)
CHANGES(ftruncate64, (int fd, off64_t size), fd, size)
CHANGES(rename, (const char *old, const char *new), old, new)
CHANGES(renameat, (int from, const char *old, int to, const char *new), from, old, to, new)
CHANGES(unlink, (const char *path), path)
CHANGES(unlinkat, (int folder, const char *path, int flags), folder, path, flags)
CHANGES(symlink, (const char *to, const char *path), to, path)
