#ifndef LINUX_FILE_H
#define LINUX_FILE_H

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

// File operations whose flags and functions Swift's Glibc module hides. All return -1 and set errno on failure.

/// The first offset at or behind `offset` that holds data; errno ENXIO where only a hole follows.
int64_t linux_seek_data(int fd, int64_t offset);
/// The first offset at or behind `offset` that lies in a hole; the end of the file counts as one.
int64_t linux_seek_hole(int fd, int64_t offset);
/// Opens a regular file for reading: never a symbolic link, never waiting for a FIFO's writer, and without
/// touching the access time where that is permitted.
int linux_open_source(const char *path);
/// Opens what lies below a directory, by a path of which no component is a symbolic link, also one of /proc, and that
/// does not lead out of the directory. Close-on-exec.
int linux_open_beneath(int directory, const char *path, int flags, mode_t mode);
/// Opens once more, with flags of its own, what an O_PATH descriptor of this process stands for.
int linux_reopen(int fd, int flags);
/// The target of the link that an O_PATH | O_NOFOLLOW descriptor stands for; its length, which may be cut to `size`.
ssize_t linux_read_link(int fd, char *target, size_t size);
/// Renames a member of a directory unless the new name exists already (EEXIST). EINVAL where the file system cannot
/// tell atomically.
int linux_rename_exclusive(int directory, const char *from, const char *to);
/// Asks for a pipe's capacity in bytes.
int linux_set_pipe_size(int fd, int size);

#endif
