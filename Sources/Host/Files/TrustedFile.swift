#if canImport(Glibc)
    import Glibc
#endif

/// A file that only root and the invoking user can have changed.
package enum TrustedFile {
    /// Why a file is not read.
    package enum Refusal: Error, Equatable, Sendable {
        /// Somebody else could have changed it; `repair` is the command that mends it, without the path.
        case untrusted(String, reason: String, repair: String?)
        case unreadable(String, reason: String)
    }

    /// Bytes of the largest file that is read.
    private static let sizeLimit = 1 << 20

    /// Reads a file, or the target of a link to one; the directories of both are checked with all that is above them.
    ///
    /// - Throws: ``Refusal``, ``HostError``.
    package static func read(following path: String) throws -> [UInt8] {
        var status = stat()
        // A pipe has a name in /proc only, which leads nowhere.
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal.untrusted(path, reason: "is not a regular file", repair: nil)
        }
        let real = try FileSystem.realPath(path)
        for path in [path, real] { _ = try directory(parent(of: path)) }
        return try read(real)
    }

    /// The directory's path without links, every component checked.
    ///
    /// - Throws: ``Refusal``, ``HostError``.
    package static func directory(_ path: String) throws -> String {
        let real = try FileSystem.realPath(path)
        var component = ""
        try check("/", lstat)
        for part in real.pathComponents {
            component += "/\(part)"
            try check(component, lstat)
        }
        var status = stat()
        guard lstat(real, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw Refusal.untrusted(path, reason: "is not a directory", repair: nil)
        }
        return real
    }

    /// Reads a regular file.
    ///
    /// The check and the reading use the same descriptor.
    ///
    /// - Throws: ``Refusal``.
    package static func read(_ path: String) throws -> [UInt8] {
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ELOOP {
                throw Refusal.untrusted(path, reason: "is a symbolic link", repair: replacement(of: path))
            }
            throw Refusal.unreadable(path, reason: errorText(errno))
        }
        let descriptor = Descriptor(owning: number)
        try check(path) { fstat(descriptor.number, $1) }
        var status = stat()
        guard fstat(descriptor.number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw Refusal.untrusted(path, reason: "is not a regular file", repair: nil)
        }
        guard status.st_size <= sizeLimit else { throw Refusal.unreadable(path, reason: "it is over 1 MiB") }
        return try bytes(of: descriptor, path)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The command that puts a copy in the place of a link; a link that leads nowhere is removed.
    private static func replacement(of link: String) -> String {
        // Any error means that it leads nowhere.
        guard let target = try? FileSystem.realPath(link) else { return "rm" }
        return "cp --remove-destination \(quoted(target))"
    }

    /// The path as a word of a shell command.
    private static func quoted(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "/") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-") || (byte < 128 && Character(UnicodeScalar(byte)).isLetter)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        if isPlain { return path }
        return "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static func bytes(of descriptor: Descriptor, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= sizeLimit {
            let count = Glibc.read(descriptor.number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Refusal.unreadable(path, reason: errorText(errno)) }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func check(
        _ path: String,
        _ look: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
    ) throws {
        var status = stat()
        guard look(path, &status) == 0 else { throw Refusal.unreadable(path, reason: errorText(errno)) }
        let invoker = geteuid()
        guard status.st_uid == 0 || status.st_uid == invoker else {
            throw Refusal.untrusted(path, reason: "belongs to user \(status.st_uid)", repair: "chown \(invoker)")
        }
        let isSticky = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & S_ISVTX != 0 && status.st_uid == 0
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky else {
            throw Refusal.untrusted(path, reason: "can be changed by others", repair: "chmod go-w")
        }
    }
}
