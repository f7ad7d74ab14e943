import CLinux
import Glibc

/// The owner, mode, attributes and times of a member, as they are set by descriptor.
struct MemberMetadata {
    /// Nil leaves the owner as it is.
    var owner: (user: UInt32, group: UInt32)?
    var mode: UInt32
    var modified: FileTime
    var attributes: [ExtendedAttributes.Attribute] = []
    var accessList: AccessControlList?
    var defaultList: AccessControlList?

    /// Attributes of other kinds give rights (`security.capability`) or belong to the host (`security.selinux`).
    static func isRestored(_ attribute: ExtendedAttributes.Attribute) -> Bool {
        attribute.name.starts(with: Array("user.".utf8))
    }

    /// Sets all but mode and times, which come last.
    ///
    /// - Parameter path: for messages.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func apply(to number: Int32, path: String) throws(ArchiveError) {
        if let owner, fchown(number, owner.user, owner.group) != 0 { throw .unwritable(path: path, errno: errno) }
        for attribute in attributes where Self.isRestored(attribute) {
            try set(attribute.name, attribute.value, number, path)
        }
        try setList(Self.accessName, accessList, number, path)
        try setList(Self.defaultName, defaultList, number, path)
    }

    private func setList(
        _ name: String,
        _ list: AccessControlList?,
        _ number: Int32,
        _ path: String
    ) throws(ArchiveError) {
        guard let list else { return try Self.removeList(name, from: number, path: path) }
        try set(Array(name.utf8), list.kernelForm, number, path)
    }

    /// A new member inherits lists from its directory: where it has none of its own, they are removed.
    private static func removeList(_ name: String, from number: Int32, path: String) throws(ArchiveError) {
        guard fremovexattr(number, name) != 0, errno != ENODATA, errno != ENOTSUP else { return }
        throw .unwritable(path: path, errno: errno)
    }

    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    static func removeLists(from number: Int32, path: String) throws(ArchiveError) {
        for name in [accessName, defaultName] { try removeList(name, from: number, path: path) }
    }

    private static let accessName = "system.posix_acl_access"
    private static let defaultName = "system.posix_acl_default"

    /// - Parameter rights: bits of the mode that the member has for the time being.
    /// - Throws: ``ArchiveError/unwritable(path:errno:)``
    func applyModeAndTimes(to number: Int32, path: String, adding rights: UInt32 = 0) throws(ArchiveError) {
        guard fchmod(number, mode | rights) == 0 else { throw .unwritable(path: path, errno: errno) }
        // The mode's bits of the group became the list's mask: bsdtar writes those of the group itself.
        if let accessList { try setList(Self.accessName, accessList, number, path) }
        let time = timespec(tv_sec: Int(modified.seconds), tv_nsec: Int(modified.nanoseconds))
        guard futimens(number, [time, time]) == 0 else { throw .unwritable(path: path, errno: errno) }
    }

    private func set(_ name: [UInt8], _ value: [UInt8], _ number: Int32, _ path: String) throws(ArchiveError) {
        let result = RawPath(bytes: name).withCString { fsetxattr(number, $0, value, value.count, 0) }
        guard result == 0 else { throw .unwritable(path: path, errno: errno) }
    }
}
