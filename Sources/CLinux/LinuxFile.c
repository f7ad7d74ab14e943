#define _GNU_SOURCE
#include "LinuxFile.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int64_t linux_seek_data(int fd, int64_t offset) { return lseek(fd, offset, SEEK_DATA); }

int64_t linux_seek_hole(int fd, int64_t offset) { return lseek(fd, offset, SEEK_HOLE); }

int linux_open_source(const char *path) {
    int flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
    int fd = open(path, flags | O_NOATIME);
    // Only the owner and root may leave the access time alone.
    if (fd < 0 && errno == EPERM) fd = open(path, flags);
    return fd;
}

int linux_open_beneath(int directory, const char *path, int flags, mode_t mode) {
    struct open_how how = {
        .flags = (uint64_t)(flags | O_CLOEXEC),
        .mode = flags & O_CREAT ? mode : 0,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS,
    };
    return (int)syscall(SYS_openat2, directory, path, &how, sizeof how);
}

int linux_reopen(int fd, int flags) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    return open(path, flags | O_CLOEXEC);
}

ssize_t linux_read_link(int fd, char *target, size_t size) { return readlinkat(fd, "", target, size); }

int linux_rename_exclusive(int directory, const char *from, const char *to) {
    return renameat2(directory, from, directory, to, RENAME_NOREPLACE);
}

int linux_set_pipe_size(int fd, int size) { return fcntl(fd, F_SETPIPE_SZ, size); }
