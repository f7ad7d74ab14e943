#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <linux/keyctl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum call { CALL_DESCRIPTORS, CALL_SESSION, CALL_ENTER, CALL_CHDIR, CALL_CONFINE, CALL_KEYRING, CALL_USER, CALL_EXEC, REQUEST_MAP, REQUEST_NOTHING };

static const char *const call_names[] = {
    "dup2", "setsid", "setns", "chdir", "prctl", "keyctl", "setuid", "execve",
};

/// The child's message through the channel: too small to be torn.
struct report {
    int call;
    int error;
};

// Above every descriptor that a child is given.
enum { lowest_spare = 16 };

static void send_report(int channel, enum call call, int error) {
    struct report report = {call, error};
    ssize_t written = write(channel, &report, sizeof report);
    (void)written;
}

static _Noreturn void fail(int channel, enum call call) {
    send_report(channel, call, errno);
    _exit(127);
}

static int close_range_of(unsigned first, unsigned last) {
    return first > last ? 0 : (int)syscall(SYS_close_range, first, last, 0);
}

/// Closes all but two: the second may be -1.
static void close_from(int first, int one, int other) {
    int low = one < other || other < 0 ? one : other, high = low == one ? other : one;
    if (high < 0) high = low;
    if (close_range_of((unsigned)first, (unsigned)low - 1) == 0 && close_range_of((unsigned)low + 1, (unsigned)high - 1) == 0
        && close_range_of((unsigned)high + 1, ~0U) == 0)
        return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < (limit > 0 && limit < 65536 ? limit : 65536); fd++)
        if (fd != one && fd != other) close(fd);
}

static void take_descriptors(const struct linux_spawn *spawn, int *spare, int channel) {
    for (int i = 0; i < spawn->descriptor_count; i++) {
        spare[i] = fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, lowest_spare);
        if (spare[i] < 0) fail(channel, CALL_DESCRIPTORS);
    }
    for (int i = 0; i < spawn->descriptor_count; i++)
        if (dup2(spare[i], i) < 0) fail(channel, CALL_DESCRIPTORS);
}

static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/// Leaves the caller's session keyring: a program that has it may read the keys in it and in the keyring of the caller's
/// user, such as Kerberos tickets, under any other user, too.
static void leave_keyring(int channel) {
    // Where the kernel has no keys, or a filter of a container forbids these calls, the program cannot read them either.
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 && errno != ENOSYS && errno != EPERM)
        fail(channel, CALL_KEYRING);
}

static void change_user(const struct linux_spawn *spawn, int channel) {
    leave_keyring(channel);
    // The raw calls: glibc's own synchronise with threads that this child does not have.
    if (syscall(SYS_setgroups, spawn->group_count, spawn->groups) != 0 || syscall(SYS_setgid, spawn->gid) != 0
        || syscall(SYS_setuid, spawn->uid) != 0)
        fail(channel, CALL_USER);
}

/// Waits for the parent's leave to go on.
///
/// All other descriptors are closed by then. If the other end of the channel were still open here or in another waiting
/// child, the parent's sudden end would go unnoticed.
static void await_leave(int channel) {
    char leave;
    ssize_t count;
    do count = read(channel, &leave, 1);
    while (count < 0 && errno == EINTR);
    if (count != 1) _exit(127);
}

/// No program that the child starts gets more rights than it has.
///
/// In a user namespace of root's, other processes of the child's user cannot reach it through /proc or trace it: they have
/// no rights over that namespace. Where the kernel has or allows none, there is none.
static void confine(const struct linux_spawn *spawn, int channel) {
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) fail(channel, CALL_CONFINE);
    if (spawn->uid_map) send_report(channel, unshare(CLONE_NEWUSER) == 0 ? REQUEST_MAP : REQUEST_NOTHING, 0);
}

static _Noreturn void become(const struct linux_spawn *spawn, int *scratch, int low_channel) {
    reset_signals();
    int channel = fcntl(low_channel, F_DUPFD_CLOEXEC, lowest_spare);
    if (channel < 0) fail(low_channel, CALL_DESCRIPTORS);
    int program = -1;
    if (spawn->program >= 0 && (program = fcntl(spawn->program, F_DUPFD_CLOEXEC, lowest_spare)) < 0)
        fail(channel, CALL_DESCRIPTORS);
    // Its leader cannot leave its process group, by which it is ended. And a terminal of the caller is not the child's:
    // a program of another user would put words into the caller's shell (TIOCSTI).
    if (!spawn->keeps_session && setsid() < 0) fail(channel, CALL_SESSION);
    if (spawn->mount_namespace >= 0 && linux_enter_mounts(spawn->mount_namespace, spawn->root) != 0)
        fail(channel, CALL_ENTER);
    take_descriptors(spawn, scratch, channel);
    close_from(spawn->descriptor_count, channel, program);
    if (spawn->directory && chdir(spawn->directory) != 0) fail(channel, CALL_CHDIR);
    if (spawn->niceness > 0) {
        // Best effort: priorities are a courtesy to the neighbours.
        int nice_value = nice(spawn->niceness);
        (void)nice_value;
        linux_ioprio_set_idle();
    }
    if (spawn->confined) confine(spawn, channel);
    await_leave(channel);
    if (spawn->change_user) change_user(spawn, channel);
    if (program >= 0) syscall(SYS_execveat, program, "", spawn->argv, spawn->envp, AT_EMPTY_PATH);
    else execve(spawn->executable, spawn->argv, spawn->envp);
    fail(channel, CALL_EXEC);
}

static pid_t failed_here(struct linux_spawn_failure *failure, const char *call) {
    *failure = (struct linux_spawn_failure){call, errno};
    return -1;
}

/// Takes hold of the child, which has not called exec yet, and lets it go on; false where the hold is not to be had.
static bool hold(const struct linux_spawn *spawn, pid_t child, int channel) {
    if (spawn->pidfd) {
        *spawn->pidfd = linux_pidfd(child);
        if (*spawn->pidfd < 0) return false;
    }
    // There is no reader where the child has failed already: its report is on its way.
    send(channel, "", 1, MSG_NOSIGNAL);
    return true;
}

static void reap(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
}

static bool write_map(pid_t child, const char *name, const char *map) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)child, name);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    bool is_written = write(fd, map, strlen(map)) == (ssize_t)strlen(map);
    close(fd);
    return is_written;
}

static bool read_report(int channel, struct report *report) {
    ssize_t count;
    do count = read(channel, report, sizeof *report);
    while (count < 0 && errno == EINTR);
    return count == sizeof *report;
}

/// With the end in the child alone, the child's sudden end is seen.
static void close_child_end(int channel[2]) {
    if (channel[1] >= 0) close(channel[1]);
    channel[1] = -1;
}

/// Takes hold of a child's user namespace before its program runs, which could go on to another one. A container without
/// the right to trace processes does not get it.
static void hold_user_namespace(const struct linux_spawn *spawn, pid_t child) {
    if (!spawn->user_namespace) return;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/ns/user", (int)child);
    *spawn->user_namespace = open(path, O_RDONLY | O_CLOEXEC);
}

/// Gives a confined child's user namespace the ids of this one. Returns false where the child has failed, or the ids
/// cannot be given.
static bool prepare(const struct linux_spawn *spawn, pid_t child, int channel[2], struct report *report) {
    if (!spawn->confined || !spawn->uid_map) return true;
    close_child_end(channel);
    if (!read_report(channel[0], report)) *report = (struct report){CALL_CONFINE, ECHILD};
    if (report->call == REQUEST_NOTHING) return true;
    if (report->call != REQUEST_MAP) return false;
    hold_user_namespace(spawn, child);
    if (write_map(child, "uid_map", spawn->uid_map) && write_map(child, "gid_map", spawn->gid_map)) return true;
    *report = (struct report){CALL_CONFINE, errno};
    return false;
}

/// Waits for the exec, which closes the channel, or for the child's report of what failed.
static pid_t confirm(const struct linux_spawn *spawn, pid_t child, int channel, struct linux_spawn_failure *failure) {
    struct report report;
    if (!read_report(channel, &report)) return child;
    reap(child);
    if (spawn->pidfd) close(*spawn->pidfd);
    *failure = (struct linux_spawn_failure){call_names[report.call], report.error};
    return -1;
}

static pid_t fork_and_become(const struct linux_spawn *spawn, int *scratch, int channel) {
    sigset_t all, before;
    sigfillset(&all);
    // No handler of ours may run in the child before its signals are reset.
    pthread_sigmask(SIG_BLOCK, &all, &before);
    pid_t child = fork();
    if (child == 0) become(spawn, scratch, channel);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return child;
}

static pid_t give_up(pid_t child) {
    // It is no program yet, so that nothing is left half done.
    kill(child, SIGKILL);
    reap(child);
    return -1;
}

static pid_t start(const struct linux_spawn *spawn, int *scratch, int channel[2], struct linux_spawn_failure *failure) {
    pid_t child = fork_and_become(spawn, scratch, channel[1]);
    if (child < 0) return failed_here(failure, "fork");
    struct report report;
    if (!prepare(spawn, child, channel, &report)) {
        *failure = (struct linux_spawn_failure){call_names[report.call], report.error};
        return give_up(child);
    }
    if (!hold(spawn, child, channel[0])) {
        failed_here(failure, "pidfd_open");
        return give_up(child);
    }
    close_child_end(channel);
    return confirm(spawn, child, channel[0], failure);
}

pid_t linux_spawn(const struct linux_spawn *spawn, struct linux_spawn_failure *failure) {
    int channel[2];
    // The child only writes memory that exists before the fork.
    int *scratch = calloc((size_t)spawn->descriptor_count + 1, sizeof(int));
    if (!scratch) return failed_here(failure, "calloc");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) {
        free(scratch);
        return failed_here(failure, "socketpair");
    }
    pid_t child = start(spawn, scratch, channel, failure);
    close_child_end(channel);
    close(channel[0]);
    free(scratch);
    return child;
}
