import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The lock that keeps a second run off the same volume.
///
/// It belongs to the open file description: a guardian that is given the descriptor holds it as well, and no other
/// child inherits it.
public final class RunLock: Sendable {
    /// Who has the lock.
    public struct Owner: Codable, Equatable, Sendable, CustomStringConvertible {
        public var run: String
        public var pid: Int32
        /// Seconds since 1970.
        public var since: Double

        public init(run: String, pid: Int32, since: Double) {
            self.run = run
            self.pid = pid
            self.since = since
        }

        public var description: String { "run \(run) (process \(pid)) since \(localTime(since))" }
    }

    public static let directory = "/run/lvmbackup"

    public let path: String
    private let file: Mutex<Descriptor?>

    /// Takes the lock, or says who has it. Does not wait.
    ///
    /// - Parameters:
    ///   - name: what is locked; anything but letters, digits, "-", "_" and "." becomes "_".
    /// - Throws: ``HostError/locked(_:owner:)``; ``HostError/systemCall(_:on:errno:)``.
    public init(_ name: String, owner: Owner, directory: String = RunLock.directory) throws {
        try FileSystem.ensurePrivateDirectory(directory)
        path = Self.path(name, directory)
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw HostError.last("flock", path) }
            throw HostError.locked(name, owner: try Self.owner(in: path))
        }
        try Self.write(owner, to: file, path)
        self.file = Mutex(file)
    }

    /// Whether nobody has the lock just now.
    public static func isFree(_ name: String, directory: String = RunLock.directory) throws -> Bool {
        let path = path(name, directory)
        guard access(path, F_OK) == 0 else { return true }
        let file = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
        if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw HostError.last("flock", path) }
        return false
    }

    /// Lets the lock go, also for whoever shares it. The file stays: removing it would let two runs lock two files.
    public func release() {
        file.withLock { file in
            guard let held = file else { return }
            ftruncate(held.number, 0)
            flock(held.number, LOCK_UN)
            file = nil
        }
    }

    /// For a guardian; nil once released.
    var descriptor: Descriptor? { file.withLock { $0 } }

    private static func path(_ name: String, _ directory: String) -> String {
        let safe = name.map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" }
        return "\(directory)/\(String(safe)).lock"
    }

    private static func write(_ owner: Owner, to file: Descriptor, _ path: String) throws {
        let bytes = Array(try JSONEncoder().encode(owner))
        guard ftruncate(file.number, 0) == 0, pwrite(file.number, bytes, bytes.count, 0) == bytes.count else {
            throw HostError.last("write", path)
        }
    }

    private static func owner(in path: String) throws -> Owner? {
        // Not yet written, or already emptied: then nobody can be named.
        try? JSONDecoder().decode(Owner.self, from: Data(readFile(path)))
    }
}

/// "2026-11-22 10:15:02" in the machine's time zone.
func localTime(_ seconds: Double) -> String {
    var time = time_t(seconds)
    var parts = tm()
    localtime_r(&time, &parts)
    var buffer = [CChar](repeating: 0, count: 32)
    let count = strftime(&buffer, buffer.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
}
