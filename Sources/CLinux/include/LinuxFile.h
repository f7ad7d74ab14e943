#ifndef LINUX_FILE_H
#define LINUX_FILE_H

#include <stdint.h>

// File operations whose flags and functions Swift's Glibc module hides. All return -1 and set errno on failure.

/// The first offset at or behind `offset` that holds data; errno ENXIO where only a hole follows.
int64_t linux_seek_data(int fd, int64_t offset);
/// The first offset at or behind `offset` that lies in a hole; the end of the file counts as one.
int64_t linux_seek_hole(int fd, int64_t offset);
/// Opens a regular file for reading: never a symbolic link, never waiting for a FIFO's writer, and without
/// touching the access time where that is permitted.
int linux_open_source(const char *path);
/// Renames unless the new name exists already (EEXIST). EINVAL where the file system can't tell atomically.
int linux_rename_exclusive(const char *from, const char *to);
/// Asks for a pipe's capacity in bytes.
int linux_set_pipe_size(int fd, int size);

#endif
