import Glibc
import TestSupport

@testable import Archive

/// Archives a directory as the archive step does, without a run.
@discardableResult
func archive(
    _ root: String,
    to path: String,
    _ compression: Compression = .standard,
    excludes: [String] = [],
    threads: Int? = nil,
    outside: [SourceTree] = [],
    temporary: TemporaryData = TemporaryData()
) async throws -> ArchiveSummary {
    let archiver = Archiver(
        trees: [SourceTree(root: RawPath(root), name: RawPath("./"), isDataDirectory: true)] + outside,
        excludes: try ExcludePatterns(excludes),
        temporary: temporary,
        compression: compression,
        threads: ThreadPlan(threads: threads),
        dropsBehind: true,
        endsArchive: true,
        onProgress: { _ in }
    )
    return try await archiver.write(to: try output(path), index: try output(path + ".index"))
}

/// A new file for an archiver to write.
func output(_ path: String) throws -> Archiver.Output {
    let number = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard number >= 0 else { throw ToolFailed(command: "open", output: path) }
    return Archiver.Output(descriptor: Descriptor(number), path: path)
}

extension Descriptor {
    /// A copy of the descriptor that is never closed.
    func duplicated() throws -> Int32 {
        let copy = dup(number)
        guard copy >= 0 else { throw ToolFailed(command: "dup", output: String(cString: strerror(errno))) }
        return copy
    }
}
