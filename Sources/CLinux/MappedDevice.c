#include "CLinux.h"

#include <errno.h>
#include <linux/dm-ioctl.h>
#include <string.h>

int linux_look_at_mapped_device(int control, const char *name, struct linux_mapped_device *device) {
    union {
        struct dm_ioctl head;
        char bytes[4096];
    } request;
    memset(&request, 0, sizeof request);
    memset(device, 0, sizeof *device);
    if (strlen(name) >= sizeof request.head.name) {
        errno = ENAMETOOLONG;
        return -1;
    }
    // The lowest version of the interface: the kernel answers every later one, too.
    request.head.version[0] = 4;
    request.head.data_size = sizeof request;
    request.head.data_start = sizeof request.head;
    request.head.flags = DM_STATUS_TABLE_FLAG | DM_NOFLUSH_FLAG;
    strcpy(request.head.name, name);
    if (ioctl(control, DM_TABLE_STATUS, &request) != 0) return -1;
    device->is_suspended = request.head.flags & DM_SUSPEND_FLAG;
    // A table that is longer than the buffer is none that is looked for.
    if (!(request.head.flags & DM_ACTIVE_PRESENT_FLAG) || request.head.flags & DM_BUFFER_FULL_FLAG) return 0;
    size_t start = request.head.data_start;
    if (request.head.target_count == 0 || start > sizeof request - sizeof(struct dm_target_spec) - 1) return 0;
    struct dm_target_spec target;
    memcpy(&target, request.bytes + start, sizeof target);
    memcpy(device->type, target.target_type, sizeof device->type - 1);
    const char *parameters = request.bytes + start + sizeof target;
    size_t room = sizeof request - start - sizeof target, length = 0;
    while (length < room && length < sizeof device->first - 1 && parameters[length] != ' ' && parameters[length] != '\0')
        length++;
    memcpy(device->first, parameters, length);
    return 0;
}
