import Host
package import Lifecycle

/// The parts of binary logs that a replay applies.
///
/// Made by reading the logs alone, before anything is written.
package struct ReplayPlan: Sendable {
    /// A part of one log.
    struct Part: Sendable {
        let name: String
        let log: HeldFile
        /// In bytes from the start of the file.
        let range: Range<UInt64>
    }

    /// The place where the replay stops.
    package struct Stop: Equatable, Sendable {
        package var file: String
        package var position: UInt64
        /// The last transaction's; nil without GTIDs or without a transaction.
        package var gtid: String?
        /// When the last transaction was committed, in seconds since 1970; nil without one.
        package var time: Double?
    }

    /// Oldest first.
    private(set) var parts: [Part] = []
    package private(set) var stop: Stop
    package private(set) var transactions = 0
    /// Whether the logs go as far as the target.
    ///
    /// A time later than their last transaction may lie beyond them.
    package private(set) var isReached = false

    private let target: ReplayTarget
    private let moment: Double?
    private var missing: Set<String> = []

    /// Reads the logs from the coordinates to the target.
    ///
    /// Blocks.
    ///
    /// - Parameters:
    ///   - moment: of the data, in seconds since 1970; nil where it is not known.
    ///   - directory: where the logs are, under the server's names. It may belong to others: files are opened by
    ///     descriptor, and only regular ones.
    /// - Throws: ``MySQLError/replay(reason:advice:)`` where a log is missing or damaged before the target, or the target
    ///   is not in the logs; ``MySQLError/binlog(_:reason:)``, `HostError`.
    package init(
        to target: ReplayTarget,
        from coordinates: Coordinates?,
        ofData moment: Double?,
        in directory: String
    ) throws {
        guard let start = coordinates?.binlog else {
            throw MySQLError.replay(reason: "the set has no position in a binary log", advice: nil)
        }
        if let doubt = coordinates?.inexactBecause {
            throw MySQLError.replay(reason: "the position of the set is not exact: \(doubt)", advice: nil)
        }
        self.target = target
        self.moment = moment
        stop = Stop(file: start.file, position: start.position)
        if case .gtid(let gtids) = target { missing = Set(gtids) }
        let logs = try ServerLogs(directory, like: start.file)
        if case .position(let file, let position) = target { try logs.check(file, position, isAfter: start) }
        let files = try logs.files(from: start.file)
        var previous: LogEnding?
        for (name, log) in files.found {
            try previous?.checkGoesOn(in: log)
            previous = try read(name, log, from: name == start.file ? start.position : 4)
            if isReached { return }
        }
        if let missing = files.missing ?? previous?.next {
            throw MySQLError.replay(
                reason: "the log \"\(missing)\" is missing: the target is behind its beginning",
                advice: "copy it to the other logs"
            )
        }
        try checkTargetMayLieBeyond()
    }

    /// Takes the transactions of a log up to the target.
    private mutating func read(_ name: String, _ log: HeldFile, from start: UInt64) throws -> LogEnding {
        var groups = BinlogGroups(of: log.path, start: 4)
        var ending = LogEnding(name: name)
        var isBoundary = start == 4
        var first: UInt64?
        var last = start
        var before: Double?
        let end = try BinlogReader.events(of: log) { event in
            try groups.append(event)
            if groups.end == start { isBoundary = true }
            ending.follow(event)
            if event.type == .incident, event.end > start {
                throw MySQLError.replay(
                    reason: "the server could not log all its changes: \"\(name)\" says so at \(event.start)",
                    advice: "restore to a moment before, or a newer set"
                )
            }
            guard event.end > start else {
                before = groups.finished?.time ?? before
                return true
            }
            try checkTarget(isNotInside: event, of: name, isInGroup: groups.end != event.end)
            guard isBoundary, let group = groups.finished else { return isBoundary }
            guard try isWanted(group, in: name) else { return false }
            take(group, in: name)
            first = first ?? group.start
            last = group.end
            return !isReached
        }
        if name == stop.file, transactions == 0 { try checkIsBehind(before) }
        guard isBoundary else {
            throw MySQLError.replay(
                reason: "no transaction ends at \(start) in \"\(log.path)\"",
                advice: "see whether it is the log of the server that was backed up, and copied whole"
            )
        }
        if case .position(name, let position) = target, !isReached {
            guard groups.end >= position else { throw LogEnding.cutOff(name) }
            stop.position = position
            isReached = true
        }
        // Without the list of GTIDs at the log's beginning: mariadb-binlog compares it with the events before, some of
        // which the backup has already (measured, 10.11).
        if let first { parts.append(Part(name: name, log: log, range: first..<last)) }
        ending.isTorn = try end < log.status().size
        ending.gtid = groups.gtid
        return ending
    }

    private mutating func take(_ group: BinlogGroup, in name: String) {
        transactions += 1
        stop = Stop(file: name, position: group.end, gtid: group.gtid, time: group.time)
        guard case .gtid = target, let gtid = group.gtid else { return }
        missing.remove(gtid)
        isReached = missing.isEmpty
    }

    /// Whether a transaction is before the target; where it is not, the target is reached.
    private mutating func isWanted(_ group: BinlogGroup, in name: String) throws -> Bool {
        switch target {
        case .time(let time): isReached = group.time >= time
        case .position(name, let position):
            isReached = group.end > position
            guard group.start >= position || group.end <= position else {
                throw MySQLError.replay(
                    reason: "position \(position) is inside a transaction of \"\(name)\"",
                    advice: "use \(group.start), before it, or \(group.end), behind it"
                )
            }
        case .position, .gtid: break
        }
        return !isReached
    }

    /// Events between transactions are complete in themselves; those of a transaction are judged with it.
    private func checkTarget(isNotInside event: BinlogEvent, of name: String, isInGroup: Bool) throws {
        guard case .position(name, let position) = target, !isInGroup, event.type?.isPartOfGroup != true else { return }
        guard position <= event.start || position >= event.end else {
            throw MySQLError.replay(
                reason: "position \(position) is inside an event of \"\(name)\"",
                advice: "use \(event.start), before it, or \(event.end), behind it"
            )
        }
        if position < 4 {
            throw MySQLError.replay(
                reason: "position \(position) is before the first event of \"\(name)\"",
                advice: "use 4, where it begins"
            )
        }
    }

    /// The data must not hold what the target excludes: a transaction that was committed at the time or after it.
    ///
    /// The clock of the log tells it, where the log has a transaction before the backup: the one of the manifest may be
    /// another host's. The time of a statement is what its session says, so that both clocks have to agree.
    ///
    /// - Parameter before: when the last transaction of the log that the data has was committed.
    private func checkIsBehind(_ before: Double?) throws {
        guard case .time(let time) = target, let moment, time < moment, before.map({ $0 >= time }) ?? true else {
            return
        }
        throw MySQLError.replay(
            reason: "\(localTime(time)) is before the backup, whose data is of \(localTime(moment))",
            advice: "restore an older set"
        )
    }

    private func checkTargetMayLieBeyond() throws {
        switch target {
        case .time: return
        case .position(let file, _):
            throw MySQLError.replay(reason: "the log \"\(file)\" is missing", advice: "copy it to the other logs")
        case .gtid:
            let names = missing.sorted().joined(separator: ", ")
            throw MySQLError.replay(
                reason: "no transaction with the GTID \(names) follows the backup in the logs",
                advice: "see whether the backup has it already, or a later log is missing"
            )
        }
    }
}

/// The end of a log, which tells whether the next one follows it.
private struct LogEnding {
    let name: String
    /// The log in which the server went on.
    var next: String?
    /// Whether the copy ends within an event.
    var isTorn = false
    /// MariaDB's `gtid_binlog_pos` there.
    var gtid: String?
    /// Whether the server closed the log, or cleared its mark after a crash.
    private var isClosed = false

    init(name: String) { self.name = name }

    mutating func follow(_ event: BinlogEvent) {
        if event.type == .formatDescription { isClosed = !event.isInUse }
        if event.type == .stop { isClosed = true }
        if let next = event.nextLog { self.next = next }
    }

    /// A log without an orderly end has all its transactions where the server crashed, but not where it was copied
    /// while it was being written.
    ///
    /// MariaDB's next log begins with the GTIDs of the one before.
    ///
    /// - Throws: ``MySQLError/replay(reason:advice:)``
    func checkGoesOn(in log: HeldFile) throws {
        if next != nil, !isTorn { return }
        var groups = BinlogGroups(of: log.path, start: 4)
        var isListed = false
        try BinlogReader.events(of: log) { event in
            try groups.append(event)
            isListed = event.type == .mariadbGTIDList
            return event.type == .formatDescription || event.type == .startEncryption
        }
        guard !isTorn, isListed ? gtid == groups.gtid : isClosed else { throw Self.cutOff(name) }
    }

    static func cutOff(_ name: String) -> MySQLError {
        .replay(reason: "the log \"\(name)\" is cut off or damaged before the target", advice: "copy it again")
    }
}

/// The binary logs of one server in a directory.
private struct ServerLogs {
    private let logs: CopiedBinlog

    init(_ directory: String, like name: String) throws {
        guard let dot = name.lastIndex(of: ".") else {
            throw MySQLError.replay(reason: "\"\(name)\" is no name of a binary log", advice: nil)
        }
        logs = CopiedBinlog(directory: try HeldDirectory.following(directory), basename: String(name[..<dot]))
    }

    /// The log and those that follow it without a gap, and the first missing log before a later one.
    func files(from first: String) throws -> (found: [(name: String, log: HeldFile)], missing: String?) {
        let start = try number(first)
        let names = try logs.files().filter { try number($0) >= start }
        guard names.first == first else {
            throw MySQLError.replay(
                reason: "the log \"\(first)\", in which the backup ends, is missing in \"\(logs.directory.path)\"",
                advice: "copy the server's binary logs there, from this one on"
            )
        }
        let found = try zip(names, start...).prefix { try number($0) == $1 }.map { ($0.0, try logs.file($0.0)) }
        return (found, found.count < names.count ? name(start + found.count, like: first) : nil)
    }

    private func name(_ number: Int, like first: String) -> String {
        let digits = String(number)
        let width = first.count - logs.basename.count - 1
        return logs.basename + "." + String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    func check(_ file: String, _ position: UInt64, isAfter start: Coordinates.Position) throws {
        guard file.hasPrefix(logs.basename + ".") else {
            throw MySQLError.replay(
                reason: "\"\(file)\" is no log of the server that was backed up, which logs to \"\(logs.basename).…\"",
                advice: nil
            )
        }
        guard try (number(file), position) >= (number(start.file), start.position) else {
            throw MySQLError.replay(
                reason: "\(file):\(position) is before the backup, which ends at \(start.file):\(start.position)",
                advice: "restore an older set"
            )
        }
    }

    private func number(_ name: String) throws -> Int {
        let digits = name.dropFirst(logs.basename.count + 1)
        guard digits.count <= 10, let number = Int(digits) else {
            throw MySQLError.replay(reason: "\"\(name)\" is no name of a binary log", advice: nil)
        }
        return number
    }
}
