package import Lifecycle

/// The reasons why an archive or a set is not read, and a target is not written.
package enum ReadError: ExplainedError, Equatable {
    /// The bytes of a file are not those that were written.
    case damaged(path: String, offset: Int64?, why: String)
    /// A member of the archive would lead out of the target, or is of a kind that no backup has.
    case refusedMember(String, why: String)
    /// The archive uses a feature that this reader does not have.
    case unsupported(String)
    /// A name does not stand for exactly one set.
    case noSet(String, why: String, advice: String?)
    /// A pattern stands for no member of a set.
    case noMember(pattern: String, set: String, nearest: [String])
    /// The set cannot be used for what was asked.
    case unusableSet(String, why: String, advice: String?)
    /// Another command uses the set now.
    case busySet(String, why: String, advice: String?)
    /// The target of a restore is not written to.
    case refusedTarget(String, why: String, advice: String?)

    package var failure: Failure {
        switch self {
        case .damaged(let path, let offset, let why):
            let place = offset.map { " at byte \($0)" } ?? ""
            return Failure(
                .failed,
                "\"\(path)\" is damaged\(place): \(why)",
                advice: "use another set, or another copy of this one"
            )
        case .refusedMember(let name, let why):
            return Failure(
                .failed,
                "the member \"\(name)\" is refused: \(why)",
                advice: "lvmbackup writes no such member: find out where the archive comes from"
            )
        case .unsupported(let feature):
            return Failure(.failed, "the archive uses \(feature), which cannot be read", advice: "unpack it with tar")
        case .noSet(let name, let why, let advice):
            return Failure(.unsuitable, "cannot find the set \"\(name)\": \(why)", advice: advice)
        case .noMember(let pattern, let set, let nearest):
            let names = nearest.map { "\"\($0)\"" }.joined(separator: ", ")
            return Failure(
                .unsuitable,
                "the set \"\(set)\" has no member that matches \"\(pattern)\"",
                advice: nearest.isEmpty
                    ? "members are named by their paths in the data directory, such as \"shop/orders.ibd\""
                    : "did you mean \(names)?"
            )
        case .unusableSet(let name, let why, let advice):
            return Failure(.unsuitable, "cannot use the set \"\(name)\": \(why)", advice: advice)
        case .busySet(let name, let why, let advice):
            return Failure(.deferred, "cannot use the set \"\(name)\" now: \(why)", advice: advice)
        case .refusedTarget(let path, let why, let advice):
            return Failure(.unsuitable, "cannot restore to \"\(path)\": \(why)", advice: advice)
        }
    }
}
