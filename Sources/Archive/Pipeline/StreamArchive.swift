/// Streams a directory to a file descriptor as the archive step does, without a run around it: for benchmarks.
///
/// - Returns: bytes written.
/// - Throws: ``ArchiveError``
package func streamArchive(
    of directory: String,
    to descriptor: Int32,
    _ compression: Compression,
    threads: Int?,
    frameSize: Int? = nil
) async throws -> Int64 {
    var plan = ThreadPlan(threads: threads)
    if let frameSize { plan.frameSize = frameSize }
    let archiver = Archiver(
        trees: [SourceTree(root: RawPath(directory), name: RawPath("./"), isDataDirectory: true)],
        excludes: try ExcludePatterns([]),
        compression: compression,
        threads: plan,
        dropsBehind: false,
        endsArchive: true,
        onProgress: { _ in }
    )
    let output = Archiver.Output(descriptor: Descriptor(descriptor, isOwned: false), path: "-")
    return try await archiver.write(to: output, index: nil).archive.bytes
}
