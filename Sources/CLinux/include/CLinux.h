#ifndef CLINUX_H
#define CLINUX_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

// fd_set has other field names under _GNU_SOURCE than in Swift's Glibc module, and two definitions of one type are an
// error there. No code here needs it.
#define _SYS_SELECT_H 1
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdint.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "Calls.h"
#include "Journal.h"
#include "LinuxFile.h"
#include "MappedDevice.h"
#include "Spawn.h"

// Macros that need a cast, and system calls that Swift's Glibc module hides behind _GNU_SOURCE.

static inline int linux_major(uint64_t device) { return (int)major(device); }
static inline int linux_minor(uint64_t device) { return (int)minor(device); }
static inline uint64_t linux_makedev(uint32_t major, uint32_t minor) { return makedev(major, minor); }

static inline int linux_ioprio_set_idle(void) {
    // IOPRIO_WHO_PROCESS, this process; class idle (3) in the top three bits.
    return (int)syscall(SYS_ioprio_set, 1, 0, 3 << 13);
}

#endif
