/// The task of a restore, known before its step.
package struct RestoreRequest: Codable, Equatable, Sendable {
    /// The directory that becomes the data directory.
    package var target: String
    /// Time, position or GTID up to which binary logs are applied, as it was given.
    package var until: String?
    /// The directory of the binary logs.
    package var binlogs: String?
    /// Patterns of the members that are restored; empty for all.
    package var only: [String] = []
    /// Whether a target that is not empty is accepted.
    package var isForced = false
    /// Whether an installed server of another flavour or an older version is accepted.
    package var acceptsAnyServer = false
    /// Members of the archive; nil for a stream, which tells at its end.
    package var members: Int?
    /// Bytes of data, holes left out.
    package var bytes: Int64?

    package init(target: String) { self.target = target }

    private enum CodingKeys: String, CodingKey {
        case target
        // "until" is a word of Lua.
        case until = "point_in_time"
        case binlogs, only
        case isForced = "force"
        case acceptsAnyServer = "any_server"
        case members, bytes
    }
}

/// The end of a restore that went well: the result of `restore`.
public struct Restoration: Codable, Equatable, Sendable {
    /// The data directory.
    public var target: String
    /// The number of restored files.
    public var files: Int
    /// Bytes of files, holes left out.
    public var bytes: Int64
    /// Files that an interrupted restore had written already.
    public var kept = 0
    /// Members of the archive that were not restored.
    public var leftOut = 0
    /// Whether all content was compared with checksums.
    public var isChecked = true
    /// Transactions of binary logs that were applied; nil without a point in time.
    public var transactions: Int?
    /// The log and the position behind the last transaction.
    public var position: String?
    /// Of the last transaction.
    public var gtid: String?

    package init(target: String, files: Int, bytes: Int64) {
        self.target = target
        self.files = files
        self.bytes = bytes
    }

    private enum CodingKeys: String, CodingKey {
        case target, files, bytes, kept
        case leftOut = "left_out"
        case isChecked = "is_checked"
        case transactions, position, gtid
    }
}
