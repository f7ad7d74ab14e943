#include "CLinux.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

static int send_descriptor(int socket, const struct sockaddr *address, socklen_t length, int file) {
    union {
        struct cmsghdr header;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {
        .msg_name = (void *)address, .msg_namelen = length, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(header), &file, sizeof file);
    return sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0 ? -1 : 0;
}

int linux_send_sealed(int socket, const struct sockaddr *address, socklen_t length, const void *bytes, size_t count) {
    int file = memfd_create("lvmbackup-journal", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) return -1;
    int result = -1;
    size_t written = 0;
    while (written < count) {
        ssize_t put = write(file, (const char *)bytes + written, count - written);
        if (put < 0 && errno == EINTR) continue;
        if (put <= 0) break;
        written += (size_t)put;
    }
    // The journal refuses a file that could change while it is read.
    int seals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL;
    if (written == count && fcntl(file, F_ADD_SEALS, seals) == 0) result = send_descriptor(socket, address, length, file);
    int error = errno;
    close(file);
    errno = error;
    return result;
}
