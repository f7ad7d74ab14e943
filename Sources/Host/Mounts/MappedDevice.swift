internal import CLinux

#if canImport(Glibc)
    import Glibc
#endif

/// A device of device-mapper at one moment.
package struct MappedDevice: Sendable, Equatable {
    package var isSuspended: Bool
    /// The type of the first target of the table in force, such as "snapshot"; nil where no table is in force.
    package var target: String?
    /// The first word of that target's parameters: for "snapshot" and "snapshot-origin" the device below, as "254:1".
    package var below: String

    package init(isSuspended: Bool, target: String?, below: String = "") {
        self.isSuspended = isSuspended
        self.target = target
        self.below = below
    }
}

/// Asks the kernel for the devices of device-mapper.
///
/// No question waits for a device, also not for a suspended one.
package struct DeviceMapper: Sendable {
    private let control: Descriptor

    /// - Throws: ``HostError`` where there is no device-mapper, or none that this process may ask.
    package init() throws {
        let path = "/dev/mapper/control"
        let number = open(path, O_RDWR | O_CLOEXEC)
        guard number >= 0 else { throw HostError.last("open", path) }
        control = Descriptor(owning: number)
    }

    /// - Parameter name: as device-mapper knows it, such as "vg0-mysql".
    /// - Returns: nil where there is no such device.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package func device(_ name: String) throws -> MappedDevice? {
        var device = linux_mapped_device()
        guard linux_look_at_mapped_device(control.number, name, &device) == 0 else {
            guard errno == ENXIO else { throw HostError.last("ask device-mapper for", name) }
            return nil
        }
        let target = Self.text(device.type)
        return MappedDevice(
            isSuspended: device.is_suspended,
            target: target.isEmpty ? nil : target,
            below: Self.text(device.first)
        )
    }

    private static func text(_ field: some Any) -> String {
        withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
