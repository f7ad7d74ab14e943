import Archive
import LVMBackup

/// The summary of a backup that was published: at most eight lines.
struct BackupSummary {
    let outcome: Outcome
    let facts: RunFacts.Values
    /// Nil where the set has none in a directory.
    let manifest: Manifest?
    let duration: Duration

    var lines: [String] {
        guard let set = outcome.set else {
            return facts.isDryRun && outcome.ending == .succeeded ? ["dry run: no backup was made"] : []
        }
        let rows: [(String, String?)] = [
            (title, place(of: set)), ("archive", archive), ("time", time), ("replay", replay),
            ("verified", facts.verified), ("removed", removed), ("note", note), ("restore", restore(set)),
        ]
        let width = rows.map(\.0.count).max() ?? 0
        return rows.compactMap { title, text in
            text.map { title + String(repeating: " ", count: width - title.count) + "  " + $0 }
        }
    }

    private var title: String { manifest?.snapshot?.isKept == true ? "snapshot kept" : "published" }

    private func place(of set: BackupSet) -> String {
        guard manifest?.snapshot?.isKept == true, let snapshot = manifest?.snapshot else {
            return set.location == "-" ? "standard output" : set.location
        }
        return "\(snapshot.name), described by \(set.location)"
    }

    /// Size, ratio and files.
    private var archive: String? {
        guard let archive = facts.archive else { return nil }
        let count = archive.files.map { $0 == 1 ? "1 file" : "\($0) files" }
        let parts = [archive.bytes.map(size), count].compactMap(\.self)
        return parts.isEmpty ? "of unknown size" : parts.joined(separator: ", ")
    }

    private func size(_ bytes: Int64) -> String {
        guard let source = manifest?.archive?.sourceBytes, source > 0, bytes > 0 else { return bytes.asSize }
        let ratio = ((Double(source) / Double(bytes) * 10).rounded() / 10).formatted
        return "\(bytes.asSize) for \(source.asSize) of data (ratio \(ratio))"
    }

    private var time: String {
        var parts = ["\(duration.inSeconds.asTime) in all"]
        // Without a lock there was nothing to wait for.
        if let held = outcome.lockHeldSeconds {
            if let waited = outcome.lockWaitSeconds { parts.append("lock waited for \(waited.asTime)") }
            let inside = outcome.lockTimings?.heldInWords ?? ""
            parts.append("lock held for \(held.asTime)" + (inside.isEmpty ? "" : " (\(inside))"))
        }
        if let plan = manifest?.lock?.plan { parts.append("plan \"\(plan)\"") }
        return parts.joined(separator: ", ")
    }

    /// The coordinates.
    private var replay: String? {
        guard let coordinates = manifest?.coordinates else { return nil }
        let parts = [
            coordinates.binlog.map { "from \($0.file):\($0.position)" },
            coordinates.gtid.flatMap { $0.isEmpty ? nil : "GTID \($0)" },
        ].compactMap(\.self)
        return parts.isEmpty ? nil : parts.joined(separator: ", ")
    }

    private var removed: String? {
        switch facts.removed.count {
        case 0: nil
        case 1: "1 older set: \(facts.removed[0])"
        case let count: "\(count) older sets, from \(facts.removed.min() ?? "") on"
        }
    }

    /// Facts that the operator has to know before relying on the backup.
    ///
    /// The warnings themselves were told above.
    private var note: String? {
        var notes: [String] = []
        if let manifest, manifest.recovery == nil, manifest.archive != nil {
            notes.append("not recovered: the first start of a server does it")
        }
        if let unproven = manifest?.unproven, !unproven.isEmpty {
            notes.append("not proven: \(unproven.joined(separator: ", "))")
        }
        if let reason = manifest?.coordinates?.inexactBecause { notes.append("the coordinates are inexact: \(reason)") }
        if !outcome.warnings.isEmpty {
            notes.append(outcome.warnings.count == 1 ? "1 warning" : "\(outcome.warnings.count) warnings")
        }
        return notes.isEmpty ? nil : notes.joined(separator: "; ")
    }

    private func restore(_ set: BackupSet) -> String? {
        if set.location == "-" { return "lvmbackup restore - --to DIRECTORY < FILE" }
        guard manifest != nil else { return nil }
        let path = quotedForShell(set.location)
        if manifest?.snapshot?.isKept == true { return "lvmbackup open \(path), or lvmbackup rollback \(path)" }
        guard manifest?.archive?.parts.isEmpty == false else { return nil }
        return "lvmbackup restore \(path) --to DIRECTORY"
    }
}
