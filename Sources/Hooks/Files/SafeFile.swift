import Glibc
import Host
import Lifecycle

/// Files that nobody but root and the invoking user can have changed.
public enum SafeFile {
    private static let sizeLimit = 1 << 20

    /// Reads a file, or what a link to one leads to; the directories of both are checked with all that is above them.
    ///
    /// - Throws: ``HookError/unsafe(_:reason:repair:)``, ``HookError/unreadable(_:reason:)``, `HostError`.
    public static func read(following path: String) throws -> String {
        var status = stat()
        // A pipe has a name in /proc only, which leads nowhere.
        guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
            throw HookError.unsafe(path, reason: "is not a regular file", repair: nil)
        }
        let real = try FileSystem.realPath(path)
        for path in [path, real] { _ = try directory(parent(of: path)) }
        return try text(try bytes(of: real), real)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The directory's path without links, every component checked.
    ///
    /// - Throws: ``HookError/unsafe(_:reason:repair:)``, `HostError`.
    static func directory(_ path: String) throws -> String {
        let real = try FileSystem.realPath(path)
        var component = ""
        try check("/", lstat)
        for part in real.split(separator: "/") {
            component += "/\(part)"
            try check(component, lstat)
        }
        var status = stat()
        guard lstat(real, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw HookError.unsafe(path, reason: "is not a directory", repair: nil)
        }
        return real
    }

    /// Reads a regular file of Lua's text.
    ///
    /// - Throws: ``HookError/unsafe(_:reason:repair:)``, ``HookError/unreadable(_:reason:)``.
    static func read(_ path: String) throws -> String {
        let bytes = try bytes(of: path)
        if bytes.first == 0x1b { throw HookError.unreadable(path, reason: "it is bytecode; only Lua text is run") }
        return try text(bytes, path)
    }

    /// What is checked is what is read.
    private static func bytes(of path: String) throws -> [UInt8] {
        let number = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else {
            if errno == ELOOP {
                throw HookError.unsafe(path, reason: "is a symbolic link", repair: replacement(of: path))
            }
            throw HookError.unreadable(path, reason: String(cString: strerror(errno)).lowercased())
        }
        defer { close(number) }
        try check(path) { fstat(number, $1) }
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw HookError.unsafe(path, reason: "is not a regular file", repair: nil)
        }
        guard status.st_size <= sizeLimit else { throw HookError.unreadable(path, reason: "it is over 1 MiB") }
        return try bytes(of: number, path)
    }

    /// What puts a copy in the place of a link; one that leads nowhere goes.
    private static func replacement(of link: String) -> String {
        guard let target = try? FileSystem.realPath(link) else { return "rm" }
        return "cp --remove-destination \(quotedForShell(target))"
    }

    private static func bytes(of number: Int32, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= sizeLimit {
            let count = Glibc.read(number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else {
                throw HookError.unreadable(path, reason: String(cString: strerror(errno)).lowercased())
            }
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return bytes
    }

    private static func text(_ bytes: [UInt8], _ path: String) throws -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw HookError.unreadable(path, reason: "it is not UTF-8")
        }
        return text
    }

    private static func check(
        _ path: String,
        _ look: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
    ) throws {
        var status = stat()
        guard look(path, &status) == 0 else {
            throw HookError.unreadable(path, reason: String(cString: strerror(errno)).lowercased())
        }
        let invoker = geteuid()
        guard status.st_uid == 0 || status.st_uid == invoker else {
            throw HookError.unsafe(path, reason: "belongs to user \(status.st_uid)", repair: "chown \(invoker)")
        }
        let isSticky = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & S_ISVTX != 0 && status.st_uid == 0
        guard status.st_mode & (S_IWGRP | S_IWOTH) == 0 || isSticky else {
            throw HookError.unsafe(path, reason: "can be changed by others", repair: "chmod go-w")
        }
    }
}
