import FoundationEssentials
import Glibc
package import Host
package import Lifecycle
import Synchronization

/// The things that a run is about to acquire, on disk *before* it acquires them, for the process that has to release
/// them in its stead.
///
/// One file per run, in which every line is a JSON object. A line that a power cut left incomplete stands for an act
/// that was not begun.
package final class RunRecord: Sendable {
    /// A record as a later run finds it.
    package struct Found: Equatable, Sendable {
        package var run: String
        package var identity: Identity
        /// In the order of acquisition: to be undone from the end.
        package var entries: [RecordedUndo]
        package var path: String

        package init(run: String, identity: Identity, entries: [RecordedUndo], path: String) {
            self.run = run
            self.identity = identity
            self.entries = entries
            self.path = path
        }
    }

    /// A file among the records that cannot be read.
    package struct Unreadable: Equatable, Sendable {
        package var path: String
        package var reason: String
    }

    fileprivate struct Line: Codable {
        var identity: Identity?
        var entry: RecordedUndo?
        /// Undos that are done, or whose things are to stay.
        ///
        /// Older versions skip the line, and run them once more.
        var done: [RecordedUndo]?
    }

    package static let directory = "/var/lib/lvmbackup/runs"

    package let path: String
    private let file: Mutex<Descriptor>

    /// Creates the record and makes it durable.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``, also where the run has a record already.
    package init(run: String, identity: Identity, directory: String = RunRecord.directory) throws {
        try FileSystem.ensurePrivateTree(directory)
        path = "\(directory)/\(run)"
        file = Mutex(try Descriptor.open(path, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | O_NOFOLLOW))
        do {
            try append(Line(identity: identity))
            try FileSystem.syncDirectory(directory)
        } catch {
            // It is useless, and would hide the reason from a second attempt.
            unlink(path)
            throw error
        }
    }

    /// Records an undo; when this returns, it survives a power cut.
    package func intend(_ undo: RecordedUndo) throws { try append(Line(entry: undo)) }

    /// Takes undos out of the record; when this returns, a power cut does not bring them back.
    package func settle(_ undos: [RecordedUndo]) throws { try append(Line(done: undos)) }

    /// Whether a record could be written: makes one, and removes it.
    ///
    /// - Throws: ``HostError/systemCall(_:on:errno:)``.
    package static func probe(in directory: String = RunRecord.directory) throws {
        let record = try RunRecord(run: ".probe-\(getpid())", identity: .current(), directory: directory)
        try record.remove()
    }

    /// To be called when everything is released.
    package func remove() throws { try Self.remove(path) }

    package static func remove(_ path: String) throws {
        guard unlink(path) == 0 || errno == ENOENT else { throw HostError.last("unlink", path) }
        try FileSystem.syncDirectory(String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]))
    }

    /// Every record there is, of living and stale runs, oldest first.
    ///
    /// - Throws: ``HostError``; not for a directory that does not exist yet.
    package static func all(in directory: String = RunRecord.directory) throws -> [Found] {
        try search(in: directory).records
    }

    /// Every record there is, oldest first, and the unreadable ones.
    ///
    /// Only regular files are looked at.
    ///
    /// - Throws: ``HostError`` where the directory cannot be listed; not for a directory that does not exist yet.
    package static func search(
        in directory: String = RunRecord.directory
    ) throws -> (records: [Found], unreadable: [Unreadable]) {
        guard access(directory, F_OK) == 0 else { return ([], []) }
        var records: [Found] = []
        var unreadable: [Unreadable] = []
        for run in try listDirectory(directory) {
            let path = "\(directory)/\(run)"
            do {
                guard try FileIdentity(of: path, followLinks: false).isRegular else { continue }
                if let found = try found(run: run, path: path) { records.append(found) }
            } catch HostError.systemCall(_, _, ENOENT) {
                // Its run has ended meanwhile, or another process has settled it.
                continue
            } catch let error as HostError {
                unreadable.append(Unreadable(path: path, reason: error.message))
            }
        }
        return (records, unreadable)
    }

    /// Nil for a record that was cut short before it named its run: that run had acquired nothing.
    private static func found(run: String, path: String) throws -> Found? {
        let lines = try readFile(path).split(separator: UInt8(ascii: "\n")).compactMap { line in
            // Cut short, and so followed by no acquisition.
            try? JSONDecoder().decode(Line.self, from: Data(line))
        }
        guard let identity = lines.lazy.compactMap(\.identity).first else { return nil }
        var entries: [RecordedUndo] = []
        for line in lines {
            if let entry = line.entry { entries.append(entry) }
            for undo in line.done ?? [] {
                if let index = entries.lastIndex(of: undo) { entries.remove(at: index) }
            }
        }
        return Found(run: run, identity: identity, entries: entries, path: path)
    }

    private func append(_ line: Line) throws {
        let bytes = Array(try JSONEncoder().encode(line)) + [UInt8(ascii: "\n")]
        try file.withLock { file in
            let length = lseek(file.number, 0, SEEK_END)
            do {
                try file.write(bytes, path)
                guard fsync(file.number) == 0 else { throw HostError.last("fsync", path) }
            } catch {
                // The next line must not be glued to half of this one.
                _ = ftruncate(file.number, length)
                throw error
            }
        }
    }
}
