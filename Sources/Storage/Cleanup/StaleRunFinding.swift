import Host
import Lifecycle

extension StaleRunCleanup {
    /// A thing of lvmbackup's that was found.
    package struct Finding: Sendable {
        package enum Fate: Sendable, Equatable {
            /// Its run is provably stale: it is removed.
            case removable
            /// It is kept, for this reason.
            case untouched(String)
        }

        /// Such as "snapshot \"vg0/mysql_snapshot-7f3a\"".
        package var name: String
        /// Nil where its marks do not tell.
        package var run: String?
        package var fate: Fate
        /// Whether only the operator can decide about it: it may be this machine's, of a run that is gone.
        package var isUnclear: Bool
        /// The command that removes it, as an operator types it.
        package var command: String
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

    enum Thing: Sendable {
        case volume(OwnedVolume)
        case record(RunRecord.Found)
        /// The values that it asks for are not known.
        case unreadable
    }
}

extension StaleRunCleanup.Finding {
    /// - Parameter reason: why it is kept; nil for a removal.
    init(name: String, run: String?, reason: StaleRunCleanup.Reason?, command: String, thing: StaleRunCleanup.Thing) {
        self.init(
            name: name,
            run: run,
            fate: reason.map { .untouched($0.text) } ?? .removable,
            isUnclear: reason?.isUnclear ?? false,
            command: command,
            thing: thing
        )
    }

    init(_ record: RunRecord.Unreadable) {
        self.init(
            name: "record \"\(record.path)\"",
            run: nil,
            reason: StaleRunCleanup.Reason(record.reason, isUnclear: true),
            command: "rm \(quotedForShell(record.path))",
            thing: .unreadable
        )
    }

    /// The things that are kept after all.
    func staying(_ reason: StaleRunCleanup.Reason) -> Self {
        Self(name: name, run: run, reason: reason, command: command, thing: thing)
    }

    var isKept: Bool { volume?.isKept ?? false }

    /// A record always is.
    var isRunsOwn: Bool { volume?.isActive ?? true }

    private var volume: OwnedVolume? {
        if case .volume(let volume) = thing { return volume }
        return nil
    }
}

extension RunRecord.Found {
    /// Whether the directory of a partial set, which publishing renames, is there still.
    var hasUnpublishedSet: Bool {
        entries.contains { entry in
            guard entry.purpose?.kind == .partialSet, let path = entry.purpose?.path else { return false }
            // Not there: published, or discarded.
            return (try? FileIdentity(of: path, followLinks: false)) != nil
        }
    }
}
