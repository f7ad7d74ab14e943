internal import CLinux

/// A block device's number.
public struct DeviceNumber: Hashable, Sendable, CustomStringConvertible {
    public var major: UInt32
    public var minor: UInt32

    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }

    /// - Parameter device: as `stat` returns it.
    public init(_ device: UInt64) {
        major = UInt32(linux_major(device))
        minor = UInt32(linux_minor(device))
    }

    /// - Parameter text: as mountinfo writes it, such as "253:0"; nil for anything else.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = UInt32(parts[0]), let minor = UInt32(parts[1]) else { return nil }
        self.init(major: major, minor: minor)
    }

    public var description: String { "\(major):\(minor)" }
}
