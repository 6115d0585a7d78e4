// Stands for iOS' data protection: a program's own `open` comes before that of the C library.
//
// Files in the app's folder are as those of an app whose entitlement is "complete" protection: unreadable while the
// device is locked, unless they, or the folder in which they were made, are protected until the first unlock only.
#define _GNU_SOURCE
#include "phone.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { OPEN, BEFORE_FIRST_UNLOCK, LOCKED, FULL };

static volatile int32_t state = OPEN;
static ino_t protected[256];
static volatile int count = 0;

int32_t phone_storage(void) { return state; }
void phone_set_storage(int32_t to) { state = to; }

static int is_protected(ino_t inode) {
    for (int i = 0; i < count; i++)
        if (protected[i] == inode) return 1;
    return 0;
}

void phone_protect(const char *path) {
    struct stat found;
    if (stat(path, &found) == 0 && !is_protected(found.st_ino) && count < 256) protected[count++] = found.st_ino;
}

// Whether the folder of a file is protected: what is made in it is as well.
static int inherits(const char *path) {
    char folder[4096];
    strncpy(folder, path, sizeof folder - 1);
    folder[sizeof folder - 1] = 0;
    char *slash = strrchr(folder, '/');
    if (!slash) return 0;
    *slash = 0;
    struct stat found;
    return stat(folder, &found) == 0 && is_protected(found.st_ino);
}

static int refused(const char *path, int flags) {
    struct stat found;
    if (state == OPEN || !strstr(path, "/data/CapacitorBackgroundRunner/")) return 0;
    int exists = stat(path, &found) == 0;
    if (exists ? !S_ISREG(found.st_mode) : !(flags & O_CREAT)) return 0;
    if (state == FULL) return flags & (O_WRONLY | O_RDWR) ? ENOSPC : 0;
    if (state == LOCKED && (exists ? is_protected(found.st_ino) : inherits(path))) return 0;
    return EPERM;
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    int error = refused(path, flags);
    if (error) {
        errno = error;
        return -1;
    }
    int file = (int)syscall(SYS_openat, folder, path, flags, mode);
    struct stat found;
    if (file >= 0 && flags & O_CREAT && inherits(path) && fstat(file, &found) == 0 && !is_protected(found.st_ino)
        && count < 256)
        protected[count++] = found.st_ino;
    return file;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if (flags & (O_CREAT | O_TMPFILE)) { \
        va_list rest; \
        va_start(rest, flags); \
        mode = (mode_t)va_arg(rest, int); \
        va_end(rest); \
    }

int open(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}

int open64(const char *path, int flags, ...) {
    MODE(flags)
    return opened(AT_FDCWD, path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
    MODE(flags)
    return opened(folder, path, flags, mode);
}

int mkstemp(char *path) {
    char *end = path + strlen(path) - 6;
    for (int i = 0; i < 100; i++) {
        for (int j = 0; j < 6; j++) end[j] = (char)('a' + rand() % 26);
        int file = opened(AT_FDCWD, path, O_RDWR | O_CREAT | O_EXCL, 0600);
        if (file >= 0 || errno != EEXIST) return file;
    }
    return -1;
}
