#if canImport(Glibc)
    import Glibc
#endif

/// The bytes of a file, also of one in /proc, whose size is not known beforehand.
///
/// - Parameter limit: the bytes of the longest file that is read.
/// - Throws: ``HostError/systemCall(_:on:errno:)``; ``HostError/malformed(_:reason:)`` for anything but a regular file, and
///   for a longer one.
package func readFile(_ path: String, limit: Int = .max) throws -> [UInt8] {
    let file = try Descriptor.open(path, O_RDONLY | O_NONBLOCK)
    guard try FileStatus(of: file, path).isRegular else {
        throw HostError.malformed(path, reason: "it is not a regular file")
    }
    return try file.readToEnd(path, limit: limit)
}

extension Descriptor {
    /// - Parameter path: for messages.
    /// - Throws: ``HostError/systemCall(_:on:errno:)``; ``HostError/malformed(_:reason:)`` for a file of more than `limit`
    ///   bytes.
    func readToEnd(_ path: String, limit: Int = .max) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 << 10)
        while true {
            let count = read(number, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count > 0 {
                guard count <= limit - bytes.count else {
                    throw HostError.malformed(path, reason: "it is longer than \(limit) bytes")
                }
                bytes.append(contentsOf: buffer[..<count])
            } else if errno != EINTR {
                throw HostError.last("read", path)
            }
        }
    }
}

/// A file's text without the white space at its ends.
func readText(_ path: String) throws -> String {
    let bytes = try readFile(path)
    let isBlank: (UInt8) -> Bool = { $0 <= 0x20 }
    guard let start = bytes.firstIndex(where: { !isBlank($0) }),
        let end = bytes.lastIndex(where: { !isBlank($0) })
    else { return "" }
    return String(decoding: bytes[start...end], as: UTF8.self)
}

/// The names in a directory, "." and ".." left out, sorted.
///
/// - Throws: ``HostError/systemCall(_:on:errno:)``.
package func listDirectory(_ path: String) throws -> [String] {
    var names: [String] = []
    try visitDirectory(path) { name in
        names.append(name)
        return true
    }
    return names.sorted()
}

/// Gives the names in a directory to `body`, in no order, until that answers false.
///
/// - Throws: ``HostError/systemCall(_:on:errno:)``.
func visitDirectory(_ path: String, _ body: (String) -> Bool) throws {
    guard let directory = opendir(path) else { throw HostError.last("opendir", path) }
    defer { closedir(directory) }
    while true {
        errno = 0
        guard let entry = readdir(directory) else {
            guard errno == 0 else { throw HostError.last("readdir", path) }
            return
        }
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
            $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if name != ".", name != "..", !body(name) { return }
    }
}

/// Where a symbolic link points to; nil where it cannot be read, as with a process that has just ended.
func readLink(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &buffer, buffer.count)
    return count < 0 ? nil : String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
