import Archive
import Host
package import Lifecycle
import MySQL

/// How thoroughly a set is verified.
package enum ProofLevel: String, CaseIterable, Sendable {
    /// Every byte against the checksums.
    case checksums
    /// Also the pages of tablespaces and tables, in a restored copy.
    case structure
    /// Also a server that starts on the copy.
    case start
}

extension ProofLevel {
    /// The level at which a backup verifies its set.
    ///
    /// - Throws: ``SettingsError`` for another word, and where the run publishes no set that can be read.
    init(_ text: String, _ configuration: Configuration) throws {
        guard let level = ProofLevel(rawValue: text) else {
            let known = ProofLevel.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("\"verify\" is unknown: \"\(text)\"", advice: "use one of: \(known)")
        }
        guard configuration.destination != "-", !configuration.snapshotOnly else {
            throw SettingsError(
                "\"verify\" needs an archive in a directory",
                advice: "name a backup directory, or leave --verify out"
            )
        }
        self = level
    }
}

/// Something that a verification found wrong in a set whose checksums are right.
package struct ProofFailure: ExplainedError, Equatable {
    /// In words; the first is the one that the set is marked with.
    package var damage: [String]
    /// Further damage, which is counted alone.
    package var untold = 0

    package var failure: Failure {
        let rest = damage.count > 3 ? "; and \(damage.count - 3 + untold) more" : ""
        return Failure(
            .failed,
            damage.prefix(3).joined(separator: "; ") + rest,
            advice: "use another set, or find out by \"lvmbackup open\" what is lost"
        )
    }
}

/// Verifies a backup set at one of the levels.
package struct SetProof: Sendable {
    package struct Report: Sendable, Equatable {
        package var files = 0
        /// Bytes of data, holes left out.
        package var bytes: Int64 = 0
        /// Tablespaces and tables that check programs read.
        package var tableFiles = 0
        package var leftOut: [String] = []
        /// Tables that the private server checked.
        package var tables = 0
    }

    var opening: SetOpening
    let level: ProofLevel
    /// The part of the tables that the server checks, from 0 to 1.
    private let sample: Double

    package init(_ opening: SetOpening, level: ProofLevel, sample: Double = 1) {
        self.opening = opening
        self.level = level
        self.sample = sample
    }

    /// Whether an error of a verification says that the set is damaged.
    ///
    /// A server that does not come up does not: this host may lack the keys of encrypted data, memory or disk space.
    /// Retention removes a set that is marked as damaged.
    package static func isDamage(_ error: any Error) -> Bool {
        switch error {
        case ReadError.damaged: true
        default: error is ProofFailure
        }
    }

    /// Verifies the set.
    ///
    /// - Parameters:
    ///   - id: marks the processes.
    ///   - record: gets the undo of what is made.
    ///   - scope: releases what is made.
    /// - Returns: the numbers; the restored data, for as long as the scope lasts, where the level restores any.
    /// - Throws: ``ReadError/damaged(path:offset:why:)`` or ``ProofFailure`` for damage. Another error says that the set could
    ///   not be verified, such as an `MySQLError` about a private server that did not come up.
    func run(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> (Report, RestoredData?) {
        guard try await opening.place.hold().manifest.archive != nil else {
            let data = try await snapshot(id, record, scope)
            let report = try await prove(data, Report())
            try await data.check()
            return (report, data)
        }
        let files = try await opening.place.open()
        let tally = try await SetVerification(files, threads: opening.threads, onProgress: opening.onProgress).run()
        let report = Report(files: tally.files, bytes: tally.bytes)
        guard level != .checksums else { return (report, nil) }
        let data = try await opening.provide(id, record, scope)
        return (try await prove(data, report), data)
    }

    /// Writes the result beside the set's manifest.
    ///
    /// - Parameter damage: nil for a good set.
    /// - Throws: ``ArchiveError``
    func mark(damage: String?) async throws {
        let tool = "lvmbackup \(Version.current)"
        let now = Timestamp(seconds: unixTime())
        try await opening.place.record(VerifiedMark(level: level.rawValue, at: now, tool: tool, damage: damage))
    }

    /// The mounted snapshot that is the backup.
    ///
    /// - Throws: ``ReadError/unusableSet(_:why:advice:)`` at the level "checksums", of which it has none.
    private func snapshot(_ id: String, _ record: RunFile, _ scope: ReleaseScope) async throws -> RestoredData {
        guard level != .checksums else {
            throw ReadError.unusableSet(
                opening.place.name,
                why: "its backup is a kept snapshot, which has no checksums",
                advice: "verify it with --level structure or start"
            )
        }
        return try await opening.provide(id, record, scope)
    }

    private func prove(_ data: RestoredData, _ report: Report) async throws -> Report {
        var report = report
        // Pages of a copy that was not recovered may be torn: a server mends them at its first start.
        if !data.isRecovered { try await data.start(isWritable: true).shutDown() }
        let structure = try await StructureCheck(data, threads: opening.threads).run()
        report.tableFiles = structure.files
        report.leftOut = structure.leftOut
        guard structure.damage.isEmpty else {
            throw ProofFailure(damage: structure.damage, untold: structure.damaged - structure.damage.count)
        }
        guard level == .start else { return report }
        let tables = try await start(data)
        report.tables = tables.tables
        report.leftOut += tables.leftOut
        return report
    }

    /// The size of the data, or more: the file system of a snapshot's changes tells nothing about the snapshot.
    private func bytes(of data: RestoredData) async throws -> Int64 {
        let used = try await SerialThread.once(name: "size") { try FileSystemRoom(at: data.path).usedBytes }
        return max(used, data.manifest.archive?.sourceBytes ?? 0, data.manifest.volume?.size ?? 0)
    }

    private func start(_ data: RestoredData) async throws -> TableCheck.Report {
        let coordinates = data.manifest.coordinates.map { RecordedCoordinates($0, of: data.recorded) }
        var damage =
            try await SerialThread.once(name: "logs") {
                try data.isRecovered ? coordinates?.differences(inLogsOf: data.path) : nil
            } ?? []
        let server = try await data.start(isWritable: true)
        let session = try await server.openSession()
        damage += try await coordinates?.differences(session) ?? []
        let tables = try await TableCheck(part: sample, bytes: try await bytes(of: data)).run(session)
        damage += tables.damage
        if tables.spent == nil {
            try await session.close()
            try await server.shutDown()
        }
        guard damage.isEmpty else { throw ProofFailure(damage: damage) }
        if let limit = tables.spent { throw MySQLError.checksUnfinished(tables: tables.tables, limit: limit) }
        guard tables.unclear.isEmpty else { throw MySQLError.checksUnclear(tables.unclear) }
        return tables
    }
}
