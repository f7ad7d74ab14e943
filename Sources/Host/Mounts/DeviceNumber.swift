internal import CLinux

/// A block device's number.
package struct DeviceNumber: Hashable, Sendable, CustomStringConvertible {
    package var major: UInt32
    package var minor: UInt32

    package init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter device: as `stat` returns it.
    package init(_ device: UInt64) {
        major = UInt32(linux_major(device))
        minor = UInt32(linux_minor(device))
    }

    /// - Parameter text: as mountinfo writes it, such as "253:0"; nil for anything else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    package var description: String { "\(major):\(minor)" }
}
