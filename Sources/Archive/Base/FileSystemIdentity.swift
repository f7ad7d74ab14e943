internal import CLinux
import Glibc

/// The identity of a file system, valid also after a restart, when its device may have another number.
package enum FileSystemIdentity {
    private static let xfs = 0x5846_5342
    /// ext2 to ext4, btrfs, ZFS: their `f_fsid` is made of the UUID, and not of the device's number.
    private static let stable = [0xef53, 0x9123_683e, 0x2fc1_2fc1]

    /// The kind, and the UUID or the kernel's number made from it, in hexadecimal digits; the kind alone where there is
    /// no lasting number.
    ///
    /// - Returns: nil where it cannot be told.
    package static func text(of directory: String) -> String? {
        var status = statfs()
        guard statfs(directory, &status) == 0 else { return nil }
        let kind = Int(status.f_type)
        if kind == xfs { return uuid(onXFS: directory).map { "xfs " + hexadecimal($0) } }
        guard stable.contains(kind) else { return String(kind, radix: 16) }
        return String(kind, radix: 16) + " " + withUnsafeBytes(of: status.f_fsid) { hexadecimal(Array($0)) }
    }

    /// XFS_IOC_FSGEOMETRY_V1, which every kernel has; the UUID is in its `struct xfs_fsop_geom_v1`.
    private static func uuid(onXFS directory: String) -> [UInt8]? {
        let number = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { return nil }
        let descriptor = Descriptor(number)
        var geometry = [UInt8](repeating: 0, count: 112)
        guard ioctl(descriptor.number, 0x8070_5864, &geometry) == 0 else { return nil }
        return Array(geometry[64..<80])
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
