import LVMBackup

/// The size of an archive, as far as its archiver says it.
struct ArchivedSize: Sendable {
    var bytes: Int64?
    var files: Int?

    /// Nil of an archive of which neither is known.
    var sentence: String? {
        switch (bytes, files) {
        case (let bytes?, let files?): "archived \(files) files into \(bytes.asSize)"
        case (let bytes?, nil): "archived into \(bytes.asSize)"
        case (nil, let files?): "archived \(files) files"
        case (nil, nil): nil
        }
    }
}

extension ArchivedSize {
    init(_ archive: Fact.Archived) { self.init(bytes: archive.bytes, files: archive.files) }
}
