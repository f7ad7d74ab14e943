import Glibc
import Host
import Lifecycle

extension RunningCall {
    /// `run.fs`.
    ///
    /// - Throws: ``LuaError`` naming the file.
    func answer(_ function: FileFunction, _ arguments: Arguments) throws -> LuaValue {
        guard let path = arguments[0].text, path.hasPrefix("/"), !path.utf8.contains(0) else {
            throw LuaError("run.fs.\(function.rawValue) needs an absolute path, not \(arguments[0].shown)")
        }
        switch function {
        case .read: return .string(try services.machine.read(path))
        case .write:
            guard case .string(let bytes) = arguments[1] else {
                throw LuaError("run.fs.write needs the bytes as a string, not \(arguments[1].kind)")
            }
            return try write(path, bytes, arguments[2].isNone ? "0600" : arguments[2].text ?? "")
        case .list: return .list(try services.machine.list(path).map(LuaValue.text))
        case .stat: return try services.machine.status(path)
        case .realpath: return .text(try services.machine.realPath(path))
        }
    }

    private func write(_ path: String, _ bytes: [UInt8], _ mode: String) throws -> LuaValue {
        guard let mode = mode_t(mode, radix: 8), mode <= 0o7777 else { throw LuaError("a mode is octal, such as 0644") }
        if run.isDryRun { throw leaveOut("would write \"\(path)\"") }
        try services.machine.write(path, bytes, mode: mode)
        return .none
    }
}

extension SystemMachine {
    /// Bytes of a file that `run.fs.read` reads.
    static let readLimit = 1 << 20

    func list(_ path: String) throws -> [String] {
        do { return try listDirectory(path).sorted() } catch { throw LuaError(Failure(error).message) }
    }

    func realPath(_ path: String) throws -> String {
        do { return try FileSystem.realPath(path) } catch { throw LuaError(Failure(error).message) }
    }

    func read(_ path: String) throws -> [UInt8] {
        let number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw last("open", path) }
        defer { close(number) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(number, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw last("read", path) }
            if count == 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= Self.readLimit else { throw LuaError("\"\(path)\" is over 1 MiB") }
        }
    }

    func write(_ path: String, _ bytes: [UInt8], mode: mode_t) throws {
        do { try FilePlace(path).write(bytes, mode: mode) } catch { throw LuaError(Failure(error).message) }
    }

    func status(_ path: String) throws -> LuaValue {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            if errno == ENOENT || errno == ENOTDIR { return .none }
            throw last("stat", path)
        }
        let kinds = [S_IFREG: "file", S_IFDIR: "directory", S_IFLNK: "link"]
        return .table([
            "kind": .text(kinds[status.st_mode & S_IFMT] ?? "other"), "size": .integer(Int64(status.st_size)),
            "mode": .text(String(status.st_mode & 0o7777, radix: 8)), "uid": .integer(Int64(status.st_uid)),
            "gid": .integer(Int64(status.st_gid)), "mtime": .integer(Int64(status.st_mtim.tv_sec)),
        ])
    }

    private func last(_ act: String, _ path: String) -> LuaError {
        LuaError("cannot \(act) \"\(path)\": \(String(cString: strerror(errno)).lowercased())")
    }
}
