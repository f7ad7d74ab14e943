/// The mounts of a mount namespace: `/proc/PID/mountinfo`.
package struct MountInfo: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package var id: Int
        package var parent: Int
        package var device: DeviceNumber
        /// The directory of the file system that is seen at the mount point: "/", or a bind mount's directory.
        package var root: String
        package var mountPoint: String
        /// The same as bytes, where it is not UTF-8: only the bytes lead to it.
        package var mountPointBytes: [UInt8]
        /// Of this mount, such as "rw" and "noexec".
        package var options: [String]
        package var fileSystem: String
        package var source: String
        /// Of the file system, such as "nouuid".
        package var superOptions: [String]
    }

    /// In the order of mounting.
    package var entries: [Entry]

    package init(entries: [Entry]) { self.entries = entries }

    /// - Throws: ``HostError/malformed(_:reason:)`` naming the first line that is not a mount.
    package init(parsing bytes: [UInt8]) throws {
        entries = try bytes.split(separator: UInt8(ascii: "\n")).map { line in
            guard let entry = Entry(parsing: line) else {
                throw HostError.malformed("mountinfo", reason: "line \"\(String(decoding: line, as: UTF8.self))\"")
            }
            return entry
        }
    }

    /// - Parameters:
    ///   - pid: the process whose namespace is read; nil for the calling thread.
    /// - Throws: ``HostError``.
    package static func read(pid: Int32? = nil) throws -> MountInfo {
        try MountInfo(parsing: readFile("/proc/\(pid.map { "\($0)" } ?? "thread-self")/mountinfo"))
    }

    package func entries(of device: DeviceNumber) -> [Entry] { entries.filter { $0.device == device } }

    /// The mount in which a path lies: of stacked ones the visible one.
    ///
    /// - Parameter path: absolute and free of symbolic links.
    package func covering(_ path: String) -> Entry? {
        let ids = Set(entries.map(\.id))
        let top = entries.first { $0.mountPoint == "/" && ($0.parent == $0.id || !ids.contains($0.parent)) }
        guard var current = top else { return lastLongest(path) }
        var visited: Set<Int> = [current.id]
        // As the kernel walks a path: the mount point met first leads on, and a mount that was hidden by it has
        // another parent.
        while let next = entries.filter({ $0.parent == current.id && path.isBelow($0.mountPoint) })
            .min(by: { $0.mountPoint.utf8.count < $1.mountPoint.utf8.count }), visited.insert(next.id).inserted
        {
            current = next
        }
        return current
    }

    /// For a process whose root directory is not a mount point.
    private func lastLongest(_ path: String) -> Entry? {
        var best: Entry?
        for entry in entries where path.isBelow(entry.mountPoint) {
            if entry.mountPoint.utf8.count >= best?.mountPoint.utf8.count ?? 0 { best = entry }
        }
        return best
    }
}

extension MountInfo.Entry {
    /// - Parameter line: split at bytes, so that a name of any bytes is safe.
    fileprivate init?(parsing line: ArraySlice<UInt8>) {
        // An empty source is a field, too.
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let dash = fields.indices.dropFirst(6).first(where: { fields[$0].elementsEqual("-".utf8) }),
            fields.count >= dash + 4, let id = Int(text(fields[0])), let parent = Int(text(fields[1])),
            let device = DeviceNumber(text(fields[2]))
        else { return nil }
        self.id = id
        self.parent = parent
        self.device = device
        root = unescaped(fields[3])
        mountPointBytes = unescapedBytes(fields[4])
        mountPoint = String(decoding: mountPointBytes, as: UTF8.self)
        options = text(fields[5]).split(separator: ",").map(String.init)
        fileSystem = unescaped(fields[dash + 1])
        source = unescaped(fields[dash + 2])
        superOptions = text(fields[dash + 3]).split(separator: ",").map(String.init)
    }

    /// Where a path below the mount point is, counted from the root of the file system, without a leading slash.
    package func pathOnFileSystem(_ path: String) -> String {
        let below = path.utf8.dropFirst(mountPoint == "/" ? 0 : mountPoint.utf8.count)
        let whole = (root == "/" ? "" : root) + (String(below) ?? "")
        return whole.pathComponents.joined(separator: "/")
    }
}

private func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

private func unescaped(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: unescapedBytes(bytes), as: UTF8.self)
}

/// Blank, tab, newline and backslash are written as three octal digits.
private func unescapedBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        let isEscape = digits.count == 3 && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard byte == UInt8(ascii: "\\"), isEscape else {
            result.append(byte)
            continue
        }
        result.append(digits.reduce(0) { $0 &* 8 &+ ($1 - UInt8(ascii: "0")) })
        rest = rest.dropFirst(3)
    }
    return result
}
