#include "CLinux.h"

#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>

int linux_unshare_mounts(void) {
    if (unshare(CLONE_NEWNS) != 0) return -1;
    // No mount gets out. A file system that is unmounted outside does not stay mounted in here, which would keep its
    // device busy.
    return mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL);
}

int linux_enter_mounts(int space, int root) {
    if (setns(space, CLONE_NEWNS) != 0 || fchdir(root) != 0) return -1;
    return chroot(".");
}

const char *linux_library_path(const char *symbol) {
    void *address = dlsym(RTLD_DEFAULT, symbol);
    Dl_info info;
    return address && dladdr(address, &info) ? info.dli_fname : NULL;
}

int linux_copy_mounts(int space, int root) {
    // A thread that shares its root directory with others cannot enter a namespace.
    if (unshare(CLONE_FS) != 0 || setns(space, CLONE_NEWNS) != 0 || fchdir(root) != 0) return -1;
    // The working directory moves into the copy with the thread.
    if (unshare(CLONE_NEWNS) != 0) return -1;
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

int linux_clone_tree(int directory) {
    // OPEN_TREE_CLONE, OPEN_TREE_CLOEXEC.
    return (int)syscall(428 /* open_tree */, directory, "", 1U | O_CLOEXEC | AT_EMPTY_PATH);
}

int linux_attach_tree(int tree, int directory) {
    // MOVE_MOUNT_F_EMPTY_PATH, MOVE_MOUNT_T_EMPTY_PATH.
    return (int)syscall(429 /* move_mount */, tree, "", directory, "", 0x4U | 0x40U);
}

int linux_make_mounts_read_only(void) {
    struct {
        uint64_t set, clear, propagation, user_namespace;
    } attributes = {.set = 1 /* MOUNT_ATTR_RDONLY */};
    return (int)syscall(442 /* mount_setattr */, AT_FDCWD, "/", 0x8000 /* AT_RECURSIVE */, &attributes, sizeof attributes);
}

int linux_owner_of_namespace(int space) { return ioctl(space, _IO(0xb7, 1) /* NS_GET_USERNS */); }

int linux_parent_of_namespace(int space) { return ioctl(space, _IO(0xb7, 2) /* NS_GET_PARENT */); }

bool linux_shares_files(pid_t thread, pid_t other) {
    return syscall(SYS_kcmp, thread, other, 2 /* KCMP_FILES */, 0, 0) == 0;
}

int linux_set_undumpable(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

int linux_syncfs(int fd) { return syncfs(fd); }

int linux_open_in_root(int root, const char *path, bool follows_last) {
    // struct open_how with O_PATH | O_CLOEXEC, no mode, RESOLVE_IN_ROOT.
    uint64_t how[3] = {O_PATH | O_CLOEXEC | (follows_last ? 0 : O_NOFOLLOW), 0, 0x10};
    return (int)syscall(437 /* openat2 */, root, path, how, sizeof how);
}

int linux_assume_account(uid_t uid, gid_t gid, const gid_t *groups, size_t count) {
    // The raw calls act on one thread. The kernel drops the capabilities over files with the user, and takes them back
    // with root's. The two calls for the file system's identity return no error, only the former identity.
    if (syscall(SYS_setgroups, count, groups) != 0) return -1;
    syscall(SYS_setfsgid, gid);
    syscall(SYS_setfsuid, uid);
    bool is_set = syscall(SYS_setfsgid, -1) == (long)gid && syscall(SYS_setfsuid, -1) == (long)uid;
    if (!is_set) errno = EPERM;
    return is_set ? 0 : -1;
}

/// The directory of a path's last component, which follows the last slash; -1 where it cannot be opened.
static int open_parent(const char *path, const char **name) {
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    if (!slash) return open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *parent = strndup(path, slash == path ? 1 : (size_t)(slash - path));
    if (!parent) return -1;
    int fd = open(parent, O_PATH | O_DIRECTORY | O_CLOEXEC);
    free(parent);
    return fd;
}

bool linux_may_access_as(const char *path, int mode, uid_t uid, gid_t gid, const gid_t *groups, size_t count) {
    gid_t own[NGROUPS_MAX];
    int own_count = getgroups(NGROUPS_MAX, own);
    const char *name;
    int parent = own_count < 0 ? -1 : open_parent(path, &name);
    if (parent < 0) return false;
    // Without the rights to become another account this one's are the only ones there are.
    bool may = false;
    if (geteuid() != 0 || linux_assume_account(uid, gid, groups, count) == 0)
        may = faccessat(parent, name, mode, AT_EACCESS | AT_SYMLINK_NOFOLLOW) == 0;
    // A thread that kept the wrong identity would go on with it unnoticed.
    if (geteuid() == 0 && linux_assume_account(0, getegid(), own, (size_t)own_count) != 0) abort();
    close(parent);
    return may;
}

int linux_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

void linux_name_thread(const char *name) { prctl(PR_SET_NAME, name); }

static atomic_int report_descriptor = -1;

static void report(int signal) {
    int error = errno;
    unsigned char byte = (unsigned char)signal;
    ssize_t written = write(atomic_load(&report_descriptor), &byte, 1);
    (void)written;
    errno = error;
}

static void disregard(int signal) { (void)signal; }

static int handle(int signal, void (*handler)(int)) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = handler;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    return sigaction(signal, &action, NULL);
}

bool linux_ignores_signal(int signal) {
    struct sigaction action;
    return sigaction(signal, NULL, &action) == 0 && action.sa_handler == SIG_IGN;
}

int linux_report_signal(int signal, int fd) {
    atomic_store(&report_descriptor, fd);
    return handle(signal, report);
}

int linux_accept_signal(int signal) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, signal);
    return pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

int linux_disregard_signal(int signal) { return handle(signal, disregard); }

int linux_pidfd(pid_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int linux_pidfd_kill(int pidfd, int signal) { return (int)syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0); }

int linux_await_end(pid_t child) {
    siginfo_t info;
    int result;
    do result = waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT);
    while (result != 0 && errno == EINTR);
    return result;
}

int linux_limit_file_size(pid_t child, uint64_t bytes) {
    struct rlimit limit = {.rlim_cur = bytes, .rlim_max = bytes};
    return prlimit(child, RLIMIT_FSIZE, &limit, NULL);
}
