#ifndef CLINUX_CALLS_H
#define CLINUX_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Whether the signal is ignored, as the process was started or by its own doing.
bool linux_ignores_signal(int signal);

/// Puts the calling thread into a mount namespace of its own, from which nothing propagates back.
int linux_unshare_mounts(void);
/// Moves the calling thread into a mount namespace, and to a root directory in it: entering alone leads to the
/// namespace's own root, outside of any chroot.
int linux_enter_mounts(int space, int root);
/// The path of the shared library that defines a symbol, as the dynamic linker found it; NULL where none does.
const char *linux_library_path(const char *symbol);
/// Moves the calling thread into a copy of a mount namespace, from which no mount propagates. Its root directory is
/// that of the namespace, its working directory is `root`, in the copy.
int linux_copy_mounts(int space, int root);
/// A mount of a directory that is not attached anywhere yet; gone with its descriptor.
int linux_clone_tree(int directory);
/// Attaches it over a directory of the thread's namespace.
int linux_attach_tree(int tree, int directory);
/// Makes all mounts below the calling thread's root directory read-only; -1 before Linux 5.12.
int linux_make_mounts_read_only(void);
/// A descriptor of the user namespace in which a namespace was made.
int linux_owner_of_namespace(int space);
/// A descriptor of the user namespace in which a user namespace was made; -1 where this process may not see it.
int linux_parent_of_namespace(int space);
/// Whether two threads are known to have the same table of descriptors; not known where a kernel cannot tell.
bool linux_shares_files(pid_t thread, pid_t other);
/// Keeps others of the same user from reading the process's memory, and from a core file.
int linux_set_undumpable(void);
int linux_syncfs(int fd);
/// Opens a path as a process with another root directory sees it: O_PATH, links and ".." confined to that root.
int linux_open_in_root(int root, const char *path, bool follows_last);
/// Lets the calling thread alone reach files as another account does, without root's privileges over files; the
/// process as a whole keeps its identity. -1 where that is not permitted.
int linux_assume_account(uid_t uid, gid_t gid, const gid_t *groups, size_t count);
/// Whether another account may read a file, or go through a directory (`mode` as of access(2)); the last component is
/// not followed. The directories above its parent do not count: a snapshot is mounted below some that only root enters.
/// The calling thread has its own identity again when this returns.
bool linux_may_access_as(const char *path, int mode, uid_t uid, gid_t gid, const gid_t *groups, size_t count);
/// Both ends are close-on-exec.
int linux_pipe(int ends[2]);
/// Fifteen bytes of the name are kept.
void linux_name_thread(const char *name);
/// Writes the number of each such signal as one byte to `fd`; the handler is reset by exec.
int linux_report_signal(int signal, int fd);
/// Lets a signal be delivered to the calling thread; the threads of Swift's pool block them.
int linux_accept_signal(int signal);
/// Makes a signal do nothing, without `SIG_IGN`, which children would inherit.
int linux_disregard_signal(int signal);
/// A descriptor that becomes readable when the process ends.
int linux_pidfd(pid_t pid);
int linux_pidfd_kill(int pidfd, int signal);
/// Limits the size of files that a child writes.
int linux_limit_file_size(pid_t child, uint64_t bytes);
/// 0 as soon as the child can be reaped, which this does not do.
int linux_await_end(pid_t child);

#endif
