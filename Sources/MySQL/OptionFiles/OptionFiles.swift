import Host

#if canImport(Glibc)
    import Glibc
#endif

/// The options that a program finds in option files, the included ones among them.
struct OptionFiles {
    /// An option, and the file that it stands in.
    struct Option: Equatable {
        /// As written, without the leading dashes of the command line.
        var name: [UInt8]
        var value: [UInt8]?
        var file: String
    }

    /// Files in files, as the programs of MariaDB and MySQL follow them; a loop ends here, too.
    private static let deepest = 10

    private let groups: Set<[UInt8]>
    /// In the order of reading: of two values the later one counts.
    private(set) var options: [Option] = []

    /// - Parameter groups: the names of the groups whose options are wanted.
    init(groups: [String]) { self.groups = Set(groups.map { Array($0.utf8) }) }

    /// Reads a file and all that it includes.
    ///
    /// - Throws: ``MySQLError/optionFile(_:reason:repair:)`` where a file cannot be read or understood, or others could
    ///   have changed it.
    mutating func read(_ path: String) throws { try read(path, depth: 0) }

    private mutating func read(_ path: String, depth: Int) throws {
        var isWanted = false
        for line in try Self.lines(of: path) {
            switch line {
            case .group(let name): isWanted = groups.contains(name)
            case .option(let name, let value):
                if isWanted { options.append(Option(name: name, value: value, file: path)) }
            case .include(let name) where depth < Self.deepest:
                let included = String(decoding: name, as: UTF8.self)
                if access(included, F_OK) == 0 { try read(included, depth: depth + 1) }
            case .includeDirectory(let name) where depth < Self.deepest:
                for file in try Self.files(in: String(decoding: name, as: UTF8.self), of: path) {
                    try read(file, depth: depth + 1)
                }
            case .include, .includeDirectory: continue
            }
        }
    }

    private static func lines(of path: String) throws -> [OptionFile.Line] {
        do {
            return try OptionFile(parsing: try TrustedFile.read(following: path)).lines
        } catch let fault as OptionFile.Fault {
            throw MySQLError.optionFile(path, reason: "line \(fault.line): \(fault.reason)")
        } catch {
            throw refused(path, error)
        }
    }

    /// The files of a directory whose names end in ".cnf", sorted by name.
    private static func files(in directory: String, of path: String) throws -> [String] {
        let directory = directory.hasSuffix("/") ? String(directory.dropLast()) : directory
        do {
            // The owner of the directory can add files to the list.
            _ = try TrustedFile.directory(directory)
            return try listDirectory(directory).filter { $0.hasSuffix(".cnf") }.map { "\(directory)/\($0)" }
        } catch {
            throw refused(path, error)
        }
    }

    private static func refused(_ path: String, _ error: any Error) -> MySQLError {
        switch error {
        case TrustedFile.Refusal.untrusted(let culprit, let reason, let repair):
            .optionFile(
                path,
                reason: (culprit == path ? "it" : "\"\(culprit)\"") + " \(reason)",
                repair: repair.map { "\($0) \(culprit)" }
            )
        case TrustedFile.Refusal.unreadable(let culprit, let reason):
            .optionFile(path, reason: culprit == path ? reason : "\"\(culprit)\": \(reason)")
        case let error as HostError: .optionFile(path, reason: error.message)
        default: .optionFile(path, reason: "\(error)")
        }
    }
}
