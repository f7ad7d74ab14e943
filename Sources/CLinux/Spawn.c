#include "CLinux.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum call { CALL_DESCRIPTORS, CALL_GROUP, CALL_ENTER, CALL_UNSHARE, CALL_PRIVATE, CALL_OPEN, CALL_HIDE, CALL_BIND, CALL_CHDIR, CALL_USER, CALL_EXEC };

static const char *const call_names[] = {
    "dup2", "setpgid", "setns", "unshare", "mount --make-rprivate", "open", "umount", "mount --bind", "chdir", "setuid", "execve",
};

/// What the child sends through the channel: too small to be torn.
struct report {
    int call;
    int error;
    int bind;
};

// Above every descriptor that a child is given.
enum { lowest_spare = 16 };

static _Noreturn void fail(int channel, enum call call, int bind) {
    struct report report = {call, errno, bind};
    ssize_t written = write(channel, &report, sizeof report);
    (void)written;
    _exit(127);
}

static void close_from(int first, int except) {
    if (syscall(SYS_close_range, (unsigned)first, (unsigned)except - 1, 0) == 0
        && syscall(SYS_close_range, (unsigned)except + 1, ~0U, 0) == 0)
        return;
    long limit = sysconf(_SC_OPEN_MAX);
    for (int fd = first; fd < (limit > 0 && limit < 65536 ? limit : 65536); fd++)
        if (fd != except) close(fd);
}

/// "/proc/self/fd/N" without the help of stdio, which is not async-signal-safe.
static void descriptor_path(int fd, char path[32]) {
    char digits[12];
    int count = 0;
    do {
        digits[count++] = (char)('0' + fd % 10);
        fd /= 10;
    } while (fd > 0);
    memcpy(path, "/proc/self/fd/", 14);
    for (int i = 0; i < count; i++) path[14 + i] = digits[count - 1 - i];
    path[14 + count] = 0;
}

static void isolate_mounts(const struct linux_spawn *spawn, int *sources, int channel) {
    if (unshare(CLONE_NEWNS) != 0) fail(channel, CALL_UNSHARE, -1);
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) fail(channel, CALL_PRIVATE, -1);
    // All sources before anything is hidden or covered.
    for (int i = 0; i < spawn->bind_count; i++) {
        sources[i] = open(spawn->binds[i].source, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (sources[i] < 0) fail(channel, CALL_OPEN, i);
    }
    for (int i = 0; i < spawn->hidden_count; i++) {
        // One that lay below another is gone with it.
        if (umount2(spawn->hidden[i], MNT_DETACH) != 0 && errno != EINVAL && errno != ENOENT) fail(channel, CALL_HIDE, -1);
    }
    for (int i = 0; i < spawn->bind_count; i++) {
        char source[32];
        descriptor_path(sources[i], source);
        if (mount(source, spawn->binds[i].target, NULL, MS_BIND, NULL) != 0) fail(channel, CALL_BIND, i);
    }
}

static void take_descriptors(const struct linux_spawn *spawn, int *spare, int channel) {
    for (int i = 0; i < spawn->descriptor_count; i++) {
        spare[i] = fcntl(spawn->descriptors[i], F_DUPFD_CLOEXEC, lowest_spare);
        if (spare[i] < 0) fail(channel, CALL_DESCRIPTORS, -1);
    }
    for (int i = 0; i < spawn->descriptor_count; i++)
        if (dup2(spare[i], i) < 0) fail(channel, CALL_DESCRIPTORS, -1);
}

static void reset_signals(void) {
    struct sigaction standard = {.sa_handler = SIG_DFL};
    for (int signal = 1; signal < NSIG; signal++) sigaction(signal, &standard, NULL);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

static void change_user(const struct linux_spawn *spawn, int channel) {
    // The raw calls: glibc's own synchronise with threads that this child does not have.
    if (syscall(SYS_setgroups, spawn->group_count, spawn->groups) != 0 || syscall(SYS_setgid, spawn->gid) != 0
        || syscall(SYS_setuid, spawn->uid) != 0)
        fail(channel, CALL_USER, -1);
}

/// Waits for the parent's leave to go on.
///
/// All other descriptors are closed by then: were this end of the channel's other one still open here or in another
/// child that waits, the parent's sudden end would go unnoticed.
static void await_leave(int channel) {
    char leave;
    ssize_t count;
    do count = read(channel, &leave, 1);
    while (count < 0 && errno == EINTR);
    if (count != 1) _exit(127);
}

static _Noreturn void become(const struct linux_spawn *spawn, int *scratch, int low_channel) {
    reset_signals();
    int channel = fcntl(low_channel, F_DUPFD_CLOEXEC, lowest_spare);
    if (channel < 0) fail(low_channel, CALL_DESCRIPTORS, -1);
    int failed = spawn->new_session ? setsid() < 0 : setpgid(0, 0) != 0;
    if (failed) fail(channel, CALL_GROUP, -1);
    if (spawn->mount_namespace >= 0 && linux_enter_mounts(spawn->mount_namespace, spawn->root) != 0)
        fail(channel, CALL_ENTER, -1);
    if (spawn->own_mount_namespace) isolate_mounts(spawn, scratch, channel);
    take_descriptors(spawn, scratch + spawn->bind_count, channel);
    close_from(spawn->descriptor_count, channel);
    if (spawn->directory && chdir(spawn->directory) != 0) fail(channel, CALL_CHDIR, -1);
    if (spawn->niceness > 0) {
        // Best effort: priorities are a courtesy to the neighbours.
        int nice_value = nice(spawn->niceness);
        (void)nice_value;
        linux_ioprio_set_idle();
    }
    if (spawn->change_user) change_user(spawn, channel);
    await_leave(channel);
    execve(spawn->executable, spawn->argv, spawn->envp);
    fail(channel, CALL_EXEC, -1);
}

static pid_t failed_here(struct linux_spawn_failure *failure, const char *call) {
    *failure = (struct linux_spawn_failure){call, errno, -1};
    return -1;
}

/// Takes hold of the child, which has not called exec yet, and lets it go on; false where the hold is not to be had.
static bool hold(const struct linux_spawn *spawn, pid_t child, int channel) {
    if (spawn->pidfd) {
        *spawn->pidfd = linux_pidfd(child);
        if (*spawn->pidfd < 0) return false;
    }
    // Nobody reads where the child has failed already: its report is on its way.
    send(channel, "", 1, MSG_NOSIGNAL);
    return true;
}

static void reap(pid_t child) {
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {}
}

/// Waits for the exec, which closes the channel, or for the child's report of what failed.
static pid_t confirm(const struct linux_spawn *spawn, pid_t child, int channel, struct linux_spawn_failure *failure) {
    struct report report;
    ssize_t count;
    do count = read(channel, &report, sizeof report);
    while (count < 0 && errno == EINTR);
    if (count != sizeof report) return child;
    reap(child);
    if (spawn->pidfd) close(*spawn->pidfd);
    *failure = (struct linux_spawn_failure){call_names[report.call], report.error, report.bind};
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

static pid_t start(const struct linux_spawn *spawn, int *scratch, int channel[2], struct linux_spawn_failure *failure) {
    pid_t child = fork_and_become(spawn, scratch, channel[1]);
    if (child < 0) return failed_here(failure, "fork");
    if (!hold(spawn, child, channel[0])) {
        failed_here(failure, "pidfd_open");
        // It is no program yet, so that nothing is left half done.
        kill(child, SIGKILL);
        reap(child);
        return -1;
    }
    close(channel[1]);
    channel[1] = -1;
    return confirm(spawn, child, channel[0], failure);
}

pid_t linux_spawn(const struct linux_spawn *spawn, struct linux_spawn_failure *failure) {
    int channel[2];
    // The child only writes memory that exists before the fork.
    int *scratch = calloc((size_t)(spawn->bind_count + spawn->descriptor_count + 1), sizeof(int));
    if (!scratch) return failed_here(failure, "calloc");
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, channel) != 0) {
        free(scratch);
        return failed_here(failure, "socketpair");
    }
    pid_t child = start(spawn, scratch, channel, failure);
    if (channel[1] >= 0) close(channel[1]);
    close(channel[0]);
    free(scratch);
    return child;
}
