import Host
import Lifecycle

extension Reaper {
    /// Something of ours that was found.
    public struct Finding: Sendable, Equatable {
        public enum Fate: Sendable, Equatable {
            /// Its run is provably dead: it goes.
            case reapable
            /// It stays, for this reason.
            case untouched(String)
        }

        /// Such as "snapshot \"vg0/mysql_snapshot-7f3a\"".
        public var name: String
        /// Nil where its tags don't tell.
        public var run: String?
        public var fate: Fate
        /// Whether only a person can tell what is to become of it: it may be this machine's, and nobody's any more.
        public var isUnclear: Bool
        /// What removes it, as an operator types it.
        public var command: String
        var thing: Thing
    }

    /// Why something stays.
    struct Reason: Sendable, Equatable {
        var text: String
        var isUnclear: Bool

        init(_ text: String, isUnclear: Bool = false) {
            self.text = text
            self.isUnclear = isUnclear
        }
    }

    enum Thing: Sendable, Equatable {
        case snapshot(LogicalVolume)
        case record(RunRecord.Found)
        /// Whatever it asks for is not known.
        case unreadable
    }
}

extension Reaper.Finding {
    /// - Parameter reason: why it stays; nil for what goes.
    init(name: String, run: String?, reason: Reaper.Reason?, command: String, thing: Reaper.Thing) {
        self.init(
            name: name,
            run: run,
            fate: reason.map { .untouched($0.text) } ?? .reapable,
            isUnclear: reason?.isUnclear ?? false,
            command: command,
            thing: thing
        )
    }

    init(_ record: RunRecord.Unreadable) {
        self.init(
            name: "record \"\(record.path)\"",
            run: nil,
            reason: Reaper.Reason(record.reason, isUnclear: true),
            command: "rm \(quotedForShell(record.path))",
            thing: .unreadable
        )
    }

    /// What stays after all.
    func staying(_ reason: Reaper.Reason) -> Self {
        Self(name: name, run: run, reason: reason, command: command, thing: thing)
    }

    var isKept: Bool { has(RunTags.kept) ?? false }

    /// A record always is.
    var isRunsOwn: Bool { has(RunTags.active) ?? true }

    private func has(_ tag: String) -> Bool? {
        if case .snapshot(let volume) = thing { return volume.tags.contains(tag) }
        return nil
    }
}

extension RunRecord.Found {
    /// Whether the directory of a partial set, which publishing renames, is there still.
    var hasUnpublishedSet: Bool {
        entries.contains { entry in
            guard case .exec(let words) = entry.undo, words.first == "rm", let path = words.last else { return false }
            // Not there: published, or discarded.
            return path.hasSuffix(".partial") && (try? FileIdentity(of: path, followLinks: false)) != nil
        }
    }
}
