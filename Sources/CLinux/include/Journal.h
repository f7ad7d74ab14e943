#ifndef CLINUX_JOURNAL_H
#define CLINUX_JOURNAL_H

#include <stddef.h>
#include <sys/socket.h>

/// Sends the descriptor of a sealed memory file with the bytes, without waiting: as the journal takes long entries.
int linux_send_sealed(int socket, const struct sockaddr *address, socklen_t length, const void *bytes, size_t count);

#endif
