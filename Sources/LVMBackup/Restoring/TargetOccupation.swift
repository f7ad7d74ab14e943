import Glibc
import Host

/// Looks for a server that runs on a directory.
///
/// All of it blocks.
struct TargetOccupation {
    let directory: HeldDirectory

    /// The sign that a server runs on the directory, in words; nil where there is none.
    ///
    /// - Throws: `HostError`
    func evidence() throws -> String? {
        if let sign = try evidenceOfData() { return sign }
        for member in try directory.members() {
            if member.kind == .socket, answers(member.name) { return "its socket \"\(member.name)\" answers" }
            if member.kind == .regular, member.name.bytes.suffix(4).elementsEqual(Array(".pid".utf8)),
                let pid = try server(member.name)
            {
                return "its file \"\(member.name)\" names the server process \(pid)"
            }
        }
        return nil
    }

    /// The sign that it is the data directory of a running server, in words; nil where there is none.
    ///
    /// A socket and a file with the server's number may be in a directory of other things, such as `/run`.
    ///
    /// - Throws: `HostError`
    func evidenceOfData() throws -> String? {
        if let pid = try processInDirectory() { return "process \(pid) works in it" }
        for name in ["ibdata1", "mysql.ibd", "aria_log_control"] as [FileName] {
            if let pid = try lockHolder(name) { return "process \(pid) has locked its file \"\(name)\"" }
        }
        return nil
    }

    /// Servers make their data directory the working directory.
    private func processInDirectory() throws -> Int32? {
        let own = try directory.status().identity
        for name in try HeldDirectory("/proc").names() {
            guard let pid = name.text.flatMap({ Int32($0) }), pid != getpid() else { continue }
            // A process that has ended since, or that may not be looked at, is none.
            guard let found = try? FileIdentity(of: "/proc/\(pid)/cwd"), found.isSameFile(as: own) else { continue }
            if isServer(pid) { return pid }
        }
        return nil
    }

    private func lockHolder(_ name: FileName) throws -> Int32? {
        guard let file = try directory.fileIfPresent(name) else { return nil }
        var lock = flock()
        lock.l_type = Int16(F_WRLCK)
        lock.l_whence = Int16(SEEK_SET)
        guard fcntl(file.number, F_GETLK, &lock) == 0, lock.l_type != Int16(F_UNLCK) else { return nil }
        return lock.l_pid
    }

    private func server(_ pidFile: FileName) throws -> Int32? {
        let text = String(decoding: try directory.file(pidFile).read(from: 0, count: 32), as: UTF8.self)
        guard let pid = Int32(text.prefix { $0.isNumber }), pid > 1, isServer(pid) else { return nil }
        return pid
    }

    private func isServer(_ pid: Int32) -> Bool {
        // A process that has ended since is no server.
        guard let name = try? readFile("/proc/\(pid)/comm") else { return false }
        let text = String(decoding: name, as: UTF8.self)
        return ["mysqld", "mariadbd"].contains { text.hasPrefix($0) }
    }

    private func answers(_ name: FileName) -> Bool {
        // A socket that is gone, or exchanged for a link since, is no server's.
        guard let held = try? HeldSocket(name, in: directory) else { return false }
        return held.isAnswering
    }
}
