import FoundationEssentials
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The lock that keeps a second run off the same volume.
///
/// It belongs to the open file description: a guardian that is given the descriptor holds it as well, and no other
/// child inherits it.
package final class RunLock: Sendable {
    /// The run that has the lock.
    package struct Owner: Codable, Equatable, Sendable, CustomStringConvertible {
        package var run: String
        package var pid: Int32
        /// Seconds since 1970.
        package var since: Double

        package init(run: String, pid: Int32, since: Double) {
            self.run = run
            self.pid = pid
            self.since = since
        }

        /// Whether there is a process with its number.
        package var isAlive: Bool { kill(pid, 0) == 0 || errno == EPERM }

        package var description: String { "run \(run) (process \(pid)) since \(localTime(since))" }
    }

    package static let directory = "/run/lvmbackup"

    /// The locked thing.
    package let name: String
    package let path: String
    package let owner: Owner
    private let file: Mutex<Descriptor?>
    private let isStale = Mutex(false)

    private struct Content: Codable {
        var name: String
        var owner: Owner
    }

    /// Takes the lock, or returns the run that has it.
    ///
    /// Does not wait.
    ///
    /// - Parameters:
    ///   - name: the locked thing, such as "group/volume".
    /// - Throws: ``HostError/locked(_:owner:)``; ``HostError/systemCall(_:on:errno:)``.
    package init(_ name: String, owner: Owner, directory: String = RunLock.directory) throws {
        try FileSystem.ensurePrivateDirectory(directory)
        self.name = name
        self.owner = owner
        path = Self.path(name, directory)
        let file = try Descriptor.open(path, O_RDWR | O_CREAT | O_NOFOLLOW)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw HostError.last("flock", path) }
            throw HostError.locked(name, owner: try Self.content(of: path)?.owner)
        }
        try Self.write(Content(name: name, owner: owner), to: file, path)
        self.file = Mutex(file)
    }

    /// Whether the lock is free just now.
    package static func isFree(_ name: String, directory: String = RunLock.directory) throws -> Bool {
        let path = path(name, directory)
        guard access(path, F_OK) == 0 else { return true }
        let file = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
        if flock(file.number, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw HostError.last("flock", path) }
        return false
    }

    /// Takes, one after the other, the locks of stale runs: runs that ended, with their guardians, without releasing
    /// them.
    ///
    /// - Parameter look: cleans up after such a run, then releases the lock. A lock that is only dropped is found
    ///   again.
    /// - Throws: ``HostError``, not for a directory that does not exist yet; the error of `look`.
    package static func forEachStale(
        in directory: String = RunLock.directory,
        _ look: (RunLock) async throws -> Void
    ) async throws {
        guard access(directory, F_OK) == 0 else { return }
        for file in try listDirectory(directory) where file.hasSuffix(".lock") {
            if let lock = try RunLock(stale: "\(directory)/\(file)") { try await look(lock) }
        }
    }

    /// Nil where another run has it, or where its last run has released it.
    private init?(stale path: String) throws {
        guard try Self.content(of: path) != nil else { return nil }
        let file = try Descriptor.open(path, O_RDWR | O_NOFOLLOW)
        guard flock(file.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw HostError.last("flock", path) }
            return nil
        }
        // Once more: its owner may have released it just now.
        guard let content = try Self.content(of: path) else { return nil }
        name = content.name
        owner = content.owner
        self.path = path
        self.file = Mutex(file)
    }

    /// The locks of a run, for its guardian, which shares them.
    package static func names(heldBy run: String, in directory: String = RunLock.directory) throws -> [String] {
        guard access(directory, F_OK) == 0 else { return [] }
        return try listDirectory(directory).filter { $0.hasSuffix(".lock") }
            .compactMap { try content(of: "\(directory)/\($0)") }
            .filter { $0.owner.run == run }.map(\.name)
    }

    /// Makes the lock of a run that has ended look released, for its guardian, which shares it.
    package static func clear(_ name: String, of run: String, in directory: String = RunLock.directory) throws {
        let path = path(name, directory)
        guard try content(of: path)?.owner.run == run else { return }
        guard truncate(path, 0) == 0 else { throw HostError.last("truncate", path) }
    }

    /// Makes the next run look at the volume once more: this run could not clean it up.
    package func markStale() { isStale.withLock { $0 = true } }

    /// Releases the lock, also for the process that shares it.
    ///
    /// The file stays: removing it would let two runs lock two files.
    package func release() {
        file.withLock { file in
            guard let held = file else { return }
            if !isStale.withLock({ $0 }) { ftruncate(held.number, 0) }
            flock(held.number, LOCK_UN)
            file = nil
        }
    }

    /// For a guardian; nil once released.
    var descriptor: Descriptor? { file.withLock { $0 } }

    /// One file for each name.
    ///
    /// Characters that LVM allows in names stay as they are.
    private static func path(_ name: String, _ directory: String) -> String {
        let safe = name.utf8.map { byte -> String in
            switch byte {
            case UInt8(ascii: "/"): ":"
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                String(UnicodeScalar(byte))
            default: "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\(directory)/\(safe.joined()).lock"
    }

    private static func write(_ content: Content, to file: Descriptor, _ path: String) throws {
        let bytes = Array(try JSONEncoder().encode(content))
        guard ftruncate(file.number, 0) == 0, pwrite(file.number, bytes, bytes.count, 0) == bytes.count else {
            throw HostError.last("write", path)
        }
    }

    /// Nil where it is not yet written, or emptied already: then the owner is unknown.
    private static func content(of path: String) throws -> Content? {
        try? JSONDecoder().decode(Content.self, from: Data(readFile(path)))
    }
}
