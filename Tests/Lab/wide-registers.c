// Preloaded into the lab's User-Mode-Linux kernel: lets it run on processors whose register state is wider than it knows.
//
// The kernel of Debian 12 keeps 2696 bytes of each process's registers. Linux accepts PTRACE_SETREGSET only for the whole
// state, which has 11008 bytes on a processor with AMX: the guest's process 1 dies then, before it has run. The state is
// filled up with zeros here. They stand for registers that are not in use, as the header of the state says.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <elf.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>

typedef long Trace(enum __ptrace_request, pid_t, void *, void *);

static char state[1 << 16];
static size_t width;

// Sets `width` to the number of bytes that this machine's kernel expects.
static long measure(Trace *trace, pid_t pid, void *set)
{
    struct iovec whole = { state, sizeof state };
    long status = trace(PTRACE_GETREGSET, pid, set, &whole);
    if (status == 0)
        width = whole.iov_len;
    memset(state, 0, sizeof state);
    return status;
}

long ptrace(enum __ptrace_request request, ...)
{
    static Trace *trace;
    va_list arguments;
    va_start(arguments, request);
    pid_t pid = va_arg(arguments, pid_t);
    void *address = va_arg(arguments, void *);
    void *data = va_arg(arguments, void *);
    va_end(arguments);
    if (trace == NULL)
        trace = (Trace *)dlsym(RTLD_NEXT, "ptrace");
    if (request != PTRACE_SETREGSET || (size_t)address != NT_X86_XSTATE)
        return trace(request, pid, address, data);
    if (width == 0 && measure(trace, pid, address) != 0)
        return -1;
    struct iovec *given = data;
    if (given->iov_len >= width)
        return trace(request, pid, address, data);
    memcpy(state, given->iov_base, given->iov_len);
    struct iovec whole = { state, width };
    return trace(request, pid, address, &whole);
}
