/// An archive that was written.
struct ArchiveSummary: Sendable {
    /// A file's length and checksum.
    struct Part: Sendable {
        var bytes: Int64
        var digest: Digest
    }

    var archive: Part
    var index: Part?
    /// Bytes read, holes left out.
    var sourceBytes: Int64
    /// Members of all kinds.
    var members: Int
    var leftOut: LeftOut
}

/// How far an archive has come.
struct ArchiveProgress: Equatable, Sendable {
    /// Bytes of data read, holes left out.
    var bytes: Int64 = 0
    /// Nil until the trees were measured.
    var totalBytes: Int64?
    var members = 0
}

/// The results of an archiver's threads.
struct ArchiveTally: Sendable {
    var progress = ArchiveProgress()
    var leftOut = LeftOut()
    var parts: (archive: ArchiveSummary.Part, index: ArchiveSummary.Part?)?
}
