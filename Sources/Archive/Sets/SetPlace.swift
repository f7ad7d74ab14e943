internal import Host

/// A backup set by its place.
package struct SetPlace: Sendable, Equatable {
    package var destination: String
    /// The name of its directory.
    package var name: String

    package init(destination: String, name: String) {
        self.destination = destination
        self.name = name
    }

    package var path: String { "\(destination)/\(name)" }
    package var manifestPath: String { "\(path)/\(ManifestFile.name)" }

    /// Opens the set for reading, and locks it against removal for as long as the value lives.
    ///
    /// - Throws: ``ReadError``, ``ArchiveError``
    package func open() async throws -> SetFiles {
        let set = try await hold()
        return try await onOwnThread { try SetFiles(set) }
    }

    /// Reads the manifest, and locks the set for as long as the value lives.
    ///
    /// - Parameter exclusively: whether other commands cannot use the set meanwhile.
    /// - Throws: ``ReadError``, ``ArchiveError``
    package func hold(exclusively: Bool = false) async throws -> HeldSet {
        let name = name
        return try await inDirectory { try HeldSet($0, name: name, exclusively: exclusively) }
    }

    /// Marks the set to be kept, or not to be.
    ///
    /// - Throws: ``ArchiveError``
    package func setKept(_ isKept: Bool) async throws {
        try await inDirectory { directory in
            _ = try ManifestFile.read(in: directory)
            try SetMarks.setKept(isKept, directory)
        }
    }

    /// - Throws: ``ArchiveError``
    package func record(_ mark: VerifiedMark) async throws {
        try await inDirectory { try SetMarks.write(mark, of: $0) }
    }

    private func inDirectory<Result: Sendable>(
        _ body: @escaping @Sendable (SetDirectory) throws -> Result
    ) async throws -> Result {
        let place = self
        return try await onOwnThread {
            guard let directory = try DestinationDirectory(place.destination).set(FileName(place.name)) else {
                throw ReadError.noSet(place.name, why: "\"\(place.path)\" is no directory", advice: nil)
            }
            return try body(directory)
        }
    }
}
