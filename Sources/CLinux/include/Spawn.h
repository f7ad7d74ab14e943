#ifndef CLINUX_SPAWN_H
#define CLINUX_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/// The program for `linux_spawn`. All pointers belong to the caller.
struct linux_spawn {
    /// Absolute: PATH is not searched. Not looked at where `program` is given.
    const char *executable;
    /// A descriptor of the program, which is executed by it; -1 for the path. A script cannot be.
    int program;
    char *const *argv;
    char *const *envp;
    /// NULL leaves the working directory as it is.
    const char *directory;
    /// Become the child's descriptors 0, 1, 2, …; every other one is closed by exec.
    const int *descriptors;
    int descriptor_count;
    /// The mount namespace that the child enters; -1 for the caller's.
    int mount_namespace;
    /// The directory in it that becomes the child's root.
    int root;
    /// Whether the child stays in the caller's session and process group; else it leads a new session.
    bool keeps_session;
    bool change_user;
    uid_t uid;
    gid_t gid;
    const gid_t *groups;
    size_t group_count;
    /// Never to have more rights than at its start; with maps, in a user namespace of its own where there is one.
    bool confined;
    /// The text of /proc/PID/uid_map and gid_map; NULL for no user namespace.
    const char *uid_map;
    const char *gid_map;
    /// Where to put a descriptor of that user namespace, also where the start fails then; left alone, or -1, where there is none.
    int *user_namespace;
    /// Where to put a descriptor that becomes readable when the child ends; NULL where none is wanted.
    int *pidfd;
    /// Nice value added, and idle class of disk priority where positive.
    int niceness;
};

/// The call that failed, in the parent or in the child before exec.
struct linux_spawn_failure {
    /// A string literal.
    const char *call;
    int error;
};

/// Starts a child.
///
/// Between fork and exec only async-signal-safe calls are made, so a program with threads may call it. Returns the
/// pid, or -1 with `failure` filled in and no child left: a child that cannot be watched as wanted never calls exec.
pid_t linux_spawn(const struct linux_spawn *spawn, struct linux_spawn_failure *failure);

#endif
