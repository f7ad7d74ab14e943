import Host
import Lifecycle

/// Proves that a process in the recovery namespace sees the copy where it expects the live data.
struct OriginGuard: Sendable {
    let paths: CopyPaths

    /// Checks the mounts before any process is started that could write.
    ///
    /// - Throws: ``MySQLError/originReachable(_:)``.
    func check(_ namespace: NamespaceCopy) throws {
        for entry in namespace.mounts.entries(of: paths.origin) where entry.id != namespace.rootMount {
            throw MySQLError.originReachable("it is still mounted at \"\(entry.mountPoint)\"")
        }
        let copy = try FileIdentity(of: paths.mount.mountPoint).device
        for directory in [paths.realDatadir] + paths.directories
        where try namespace.identity(of: directory).device != copy {
            throw MySQLError.originReachable("\"\(directory)\" does not lead to the copy")
        }
    }

    /// Checks the open files of a running server.
    ///
    /// - Throws: ``MySQLError/originReachable(_:)``.
    func check(pid: Int32) throws {
        for (descriptor, file) in ProcessTable().openFiles(of: pid) where file.device == paths.origin {
            // With the root file system on the volume, programs and message files are read from it.
            if paths.isRootFileSystem, !isWritable(descriptor, pid) { continue }
            throw MySQLError.originReachable("its descriptor \(descriptor) is on the live volume")
        }
    }

    /// The line "flags:" of fdinfo is octal; the two lowest bits are the access mode.
    private func isWritable(_ descriptor: Int32, _ pid: Int32) -> Bool {
        // A descriptor that was closed meanwhile cannot write.
        guard let bytes = try? readFile("/proc/\(pid)/fdinfo/\(descriptor)") else { return false }
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        let flags = lines.first { $0.hasPrefix("flags:") }?.split(whereSeparator: \.isWhitespace).last
        return flags.flatMap { Int($0, radix: 8) }.map { $0 & 3 != 0 } ?? true
    }
}
