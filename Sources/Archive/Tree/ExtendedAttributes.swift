import CLinux
import Glibc

/// The extended attributes and access control lists of a file.
struct ExtendedAttributes: Sendable {
    struct Attribute: Sendable, Equatable {
        var name: [UInt8]
        var value: [UInt8]
    }

    /// Bytes of one member's names, values and lists.
    ///
    /// A frame has 512 members, and readers take frames of 64 MiB: XFS has no limit of its own.
    static let mostBytes = 98_304

    /// Sorted by name.
    private(set) var attributes: [Attribute] = []
    private(set) var accessList: [UInt8]?
    private(set) var defaultList: [UInt8]?

    var isEmpty: Bool { attributes.isEmpty && accessList == nil && defaultList == nil }

    /// Those of the path itself, symbolic links not followed; none where the file system has none.
    ///
    /// - Throws: ``ArchiveError/unreadable(path:offset:errno:)``; ``ArchiveError/unarchivable(path:why:)`` for more than
    ///   `limit` bytes.
    init(of path: RawPath, limit: Int = mostBytes) throws(ArchiveError) {
        for name in try Self.names(of: path) {
            guard size <= limit else { throw Self.tooLarge(path, limit) }
            switch String(decoding: name, as: UTF8.self) {
            case "system.posix_acl_access": accessList = try Self.list(path, name)
            case "system.posix_acl_default": defaultList = try Self.list(path, name)
            // The file system's other attributes under "system." are its own form of values that are stored already.
            case let text where text.hasPrefix("system."): continue
            default:
                guard let value = try Self.value(of: name, path) else { continue }
                attributes.append(Attribute(name: name, value: value))
            }
        }
        guard size <= limit else { throw Self.tooLarge(path, limit) }
        attributes.sort { $0.name.lexicographicallyPrecedes($1.name) }
    }

    private var size: Int {
        attributes.reduce((accessList?.count ?? 0) + (defaultList?.count ?? 0)) { $0 + $1.name.count + $1.value.count }
    }

    private static func tooLarge(_ path: RawPath, _ limit: Int) -> ArchiveError {
        .unarchivable(path: path.description, why: "its extended attributes have more than \(limit) bytes")
    }

    private static func list(_ path: RawPath, _ name: [UInt8]) throws(ArchiveError) -> [UInt8]? {
        try value(of: name, path).flatMap { AccessControlList(kernelForm: $0)?.text }
    }

    private static func names(of path: RawPath) throws(ArchiveError) -> [[UInt8]] {
        let list = try grow(path) { path, buffer, size in llistxattr(path, buffer, size) } ?? []
        return list.split(separator: 0).map(Array.init)
    }

    private static func value(of name: [UInt8], _ path: RawPath) throws(ArchiveError) -> [UInt8]? {
        let name = RawPath(bytes: name)
        return try grow(path) { path, buffer, size in name.withCString { lgetxattr(path, $0, buffer, size) } }
    }

    /// Asks once with a buffer that nearly always suffices, then for the size; nil where there is no such attribute.
    private static func grow(
        _ path: RawPath,
        _ ask: (UnsafePointer<CChar>, UnsafeMutablePointer<CChar>?, Int) -> Int
    ) throws(ArchiveError) -> [UInt8]? {
        var size = 1024
        while true {
            var failure: Int32 = 0
            let answer: [UInt8]? = path.withCString { path in
                withUnsafeTemporaryAllocation(of: CChar.self, capacity: size) { buffer in
                    let length = ask(path, buffer.baseAddress, size)
                    failure = length < 0 ? errno : 0
                    return length < 0 ? nil : buffer.prefix(length).map { UInt8(bitPattern: $0) }
                }
            }
            if let answer { return answer }
            guard failure == ERANGE else {
                if failure == ENOTSUP || failure == ENODATA { return nil }
                throw .unreadable(path: path.description, offset: nil, errno: failure)
            }
            size = max(size * 2, path.withCString { ask($0, nil, 0) })
        }
    }
}
