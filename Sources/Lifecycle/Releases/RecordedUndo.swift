/// An undo that is recorded before its thing is acquired, so that the guardian or a later run can do it.
package struct RecordedUndo: Equatable, Sendable {
    /// The thing that the undo removes or restores.
    package struct Purpose: Codable, Equatable, Sendable {
        /// A kind of thing; a value, so that this version keeps entries of kinds that a later one has added.
        package struct Kind: RawRepresentable, Codable, Equatable, Sendable {
            package let rawValue: String

            package init(rawValue: String) { self.rawValue = rawValue }

            package static let partialSet = Kind(rawValue: "partialSet")
            package static let mountPoint = Kind(rawValue: "mountPoint")
            package static let scratchDirectory = Kind(rawValue: "scratchDirectory")
            package static let serverSetting = Kind(rawValue: "serverSetting")
            package static let hook = Kind(rawValue: "hook")
            package static let release = Kind(rawValue: "release")
        }

        package var kind: Kind
        /// Where the thing is, if a later run looks for it.
        package var path: String?

        package init(kind: Kind, path: String? = nil) {
            self.kind = kind
            self.path = path
        }

        /// The directory of a set until it is published.
        package static func partialSet(at path: String) -> Purpose { Purpose(kind: .partialSet, path: path) }

        /// A directory that a snapshot is mounted at, or the one around it.
        package static let mountPoint = Purpose(kind: .mountPoint)
        /// A directory for the files of a private server, or of a program.
        package static let scratchDirectory = Purpose(kind: .scratchDirectory)
        /// A variable of the server, which the run has changed.
        package static let serverSetting = Purpose(kind: .serverSetting)
        /// The hook alone knows the thing.
        package static let hook = Purpose(kind: .hook)
        /// The release of a thing that a hook has acquired.
        package static let release = Purpose(kind: .release)
    }

    package var undo: Release.Undo
    /// Nil in records of older versions, except for partial sets.
    package var purpose: Purpose?
    /// While it is not true, the undo is kept for later.
    package var condition: Release.Condition?

    package init(_ undo: Release.Undo, for purpose: Purpose?, only condition: Release.Condition? = nil) {
        self.undo = undo
        self.purpose = purpose
        self.condition = condition
    }
}

extension RecordedUndo: Codable {
    private enum CodingKeys: CodingKey {
        case undo, purpose, context
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        undo = try values.decode(Release.Undo.self, forKey: .undo)
        condition = Release.Condition(context: try values.decode([String: String].self, forKey: .context))
        purpose = try values.decodeIfPresent(Purpose.self, forKey: .purpose) ?? Purpose(ofOldEntry: undo)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(undo, forKey: .undo)
        try values.encodeIfPresent(purpose, forKey: .purpose)
        // Older versions skip an entry that lacks it.
        try values.encode(condition?.asContext ?? [:], forKey: .context)
    }
}

extension RecordedUndo.Purpose {
    /// Older versions recorded no purpose: only the command for a partial set tells its own.
    fileprivate init?(ofOldEntry undo: Release.Undo) {
        guard case .exec(let words) = undo, words.first == "rm", let path = words.last, path.hasSuffix(".partial")
        else { return nil }
        self = .partialSet(at: path)
    }
}

extension Release.Condition {
    fileprivate init?(context: [String: String]) {
        guard let directory = context["directory"], let inode = context["inode"].flatMap({ UInt64($0) }) else {
            return nil
        }
        self.init(directory: directory, inode: inode, fileSystem: context["file-system"])
    }

    fileprivate var asContext: [String: String] {
        var context = ["directory": directory, "inode": "\(inode)"]
        context["file-system"] = fileSystem
        return context
    }
}
