#ifndef CLINUX_MAPPEDDEVICE_H
#define CLINUX_MAPPEDDEVICE_H

#include <stdbool.h>

/// The state of a device of device-mapper, and the first target of the table that is in force.
struct linux_mapped_device {
    bool is_suspended;
    /// The target's type; empty where no table is in force.
    char type[17];
    /// The first word of its parameters.
    char first[33];
};

/// Asks device-mapper for a device by its name, without a wait for the device itself: suspended or not.
///
/// `control` is a descriptor of /dev/mapper/control. -1 with errno, ENXIO where there is no such device.
int linux_look_at_mapped_device(int control, const char *name, struct linux_mapped_device *device);

#endif
