import Archive
import FoundationEssentials
import Glibc
import Host
import LVMBackup

/// One set as `list` shows it.
struct SetLine: Encodable {
    var name: String
    /// "archive", "snapshot", "elsewhere", "damaged", "partial" or "foreign".
    var kind: String
    /// Why it is damaged, foreign, or a snapshot that is no good.
    var reason: String?
    /// Of a kept snapshot: "valid", "gone", "rolled_back", "invalid", "merging", "elsewhere", "unclear" or "unknown".
    var snapshot: String?
    var run: String?
    /// Of the data, seconds since 1970.
    var time: Double?
    var host: String?
    var server: String?
    var bytes: Int64?
    var sourceBytes: Int64?
    var members: Int?
    var lockHeldSeconds: Double?
    /// The level of the last verification that found no damage.
    var verified: String?
    var kept: Bool

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, kind, reason, snapshot, run, time, host, server, bytes
        case sourceBytes = "source_bytes"
        case members
        case lockHeldSeconds = "lock_held_seconds"
        case verified, kept
    }

    /// - Parameter kept: the states of kept snapshots; nil where they were not asked for.
    init(_ item: SetList.Item, kept states: KeptStates? = nil) {
        let manifest = item.manifest
        name = item.name
        switch item.state {
        case .good: kind = "archive"
        case .snapshot: kind = "snapshot"
        case .elsewhere: kind = "elsewhere"
        case .damaged(let why): (kind, reason) = ("damaged", why)
        case .partial: (kind, reason) = ("partial", "its run has not finished")
        case .foreign(let why): (kind, reason) = ("foreign", why)
        }
        run = manifest?.run
        time = manifest?.moment.seconds
        host = manifest?.host
        server = manifest?.server.map { "\($0.flavour) \($0.version)" }
        bytes = manifest?.archive?.bytes
        sourceBytes = manifest?.archive?.sourceBytes
        members = manifest?.archive?.members
        lockHeldSeconds = manifest?.lock?.heldSeconds
        verified = item.verified.flatMap { $0.damage == nil ? $0.level : nil }
        kept = item.isKept
        guard item.state == .snapshot, let state = states?[item.name] else { return }
        snapshot = state.kind.rawValue
        let time = item.rollback.map { ", \(localTime($0.at.seconds))" } ?? ""
        reason = state.kind == .rolledBack ? state.reason.map { $0 + time } : state.reason ?? item.verified?.damage
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// The columns of a table for people.
    func columns(now: Double) -> [String] {
        let columns: [String?] = [
            name, time.map(localTime), time.map { Self.age(now - $0) }, server, kind, bytes.map(\.asSize), ratio,
            members.map { String($0) }, locked, verified, kept ? "kept" : nil, reason,
        ]
        let last = reason == nil ? columns.dropLast() : columns[...]
        return last.map { $0 ?? "-" }
    }

    private var ratio: String? {
        guard let bytes, let sourceBytes, bytes > 0 else { return nil }
        let tenths = (Double(sourceBytes) / Double(bytes) * 10).rounded()
        return "\(tenths / 10)"
    }

    private var locked: String? {
        // A number that makes no sense is not shown: the set may be another user's.
        lockHeldSeconds.flatMap { Int(exactly: ($0 * 1000).rounded()) }.map { "\($0) ms" }
    }

    static let titles = [
        "SET", "TIME", "AGE", "SERVER", "KIND", "SIZE", "RATIO", "FILES", "LOCKED", "VERIFIED", "KEPT",
    ]

    /// Columns that a narrow terminal does without, the first one first: a set's name has its time.
    static let dispensable = ["FILES", "RATIO", "SERVER", "TIME"]

    static func age(_ seconds: Double) -> String {
        switch seconds {
        case ..<0: "in the future"
        case ..<120: "\(Int(seconds)) s"
        case ..<7200: "\(Int(seconds / 60)) min"
        case ..<172_800: "\(Int(seconds / 3600)) h"
        default: "\(Int(seconds / 86_400)) d"
        }
    }
}

/// Lines of columns of equal width.
struct SetTable {
    private(set) var lines: [String]

    /// - Parameter limit: columns of the terminal; nil for all columns of the table.
    init(_ sets: [SetLine], now: Double = Date().timeIntervalSince1970, limit: Int? = nil) {
        let rows = sets.isEmpty ? [] : [SetLine.titles] + sets.map { $0.columns(now: now) }
        self.init(rows: rows)
        guard let limit, lines.contains(where: { $0.count > limit }) else { return }
        lines = Self.narrow(rows, reasons: [nil] + sets.map(\.reason), limit: limit)
    }

    /// The table without reasons, which have lines of their own, and without further columns as long as it is too wide.
    private static func narrow(_ rows: [[String]], reasons: [String?], limit: Int) -> [String] {
        var rows = rows.map { Array($0.prefix(SetLine.titles.count)) }
        for title in SetLine.dispensable {
            guard SetTable(rows: rows).lines.contains(where: { $0.count > limit }) else { break }
            guard let index = rows.first?.firstIndex(of: title) else { continue }
            for row in rows.indices { rows[row].remove(at: index) }
        }
        return zip(SetTable(rows: rows).lines, reasons).flatMap { line, reason in
            [line] + (reason.map { "  \($0.printable)".wrapped(to: limit, indent: 2) } ?? [])
        }
    }

    init(rows: [[String]]) {
        let rows = rows.map { $0.map(\.printable) }
        let widths = (0..<(rows.map(\.count).max() ?? 0)).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        lines = rows.map { row in
            row.enumerated().map { column, text in
                column == row.count - 1 ? text : text + String(repeating: " ", count: widths[column] - text.count)
            }.joined(separator: "  ")
        }
    }
}
