import Archive

extension Settings {
    /// The configuration that these settings describe.
    ///
    /// - Throws: ``SettingsError`` for the first value that cannot be used.
    package func configuration() throws -> Configuration {
        var configuration = Configuration()
        try readLVM(into: &configuration)
        try readDatabase(into: &configuration)
        try readArchive(into: &configuration)
        configuration.dryRun = flag(.dryRun) ?? configuration.dryRun
        configuration.timeout = try duration(.timeout)
        configuration.hooksDirectory = text(.hooksDirectory)
        configuration.hookOptions = hookOptions
        configuration.givenHookOptions = givenHookOptions
        configuration.strictHooks = flag(.strictHooks) ?? configuration.strictHooks
        return configuration
    }

    private func readLVM(into configuration: inout Configuration) throws {
        configuration.logicalVolume = text(.logicalVolume)
        configuration.snapshotName = text(.snapshotName)
        configuration.snapshotSize = text(.snapshotSize)
        configuration.snapshotExtendAt = text(.snapshotExtendAt)
        configuration.snapshotMax = text(.snapshotMax)
        configuration.mountDirectory = text(.mountDirectory)
        configuration.snapshotOnly = flag(.snapshotOnly) ?? configuration.snapshotOnly
    }

    private func readDatabase(into configuration: inout Configuration) throws {
        configuration.defaultsFile = text(.defaultsFile) ?? credential
        configuration.user = text(.user)
        configuration.host = text(.host)
        configuration.socket = text(.socket)
        configuration.port = try integer(.port, in: 1...65535)
        configuration.skipExtraFlushTables = flag(.skipExtraFlushTables) ?? configuration.skipExtraFlushTables
        configuration.allowInconsistent = flag(.allowInconsistent) ?? configuration.allowInconsistent
        configuration.innodbRecovery = flag(.innodbRecovery) ?? configuration.innodbRecovery
        configuration.serverExecutable = text(.serverExecutable)
        configuration.maxLock = try duration(.maxLock) ?? configuration.maxLock
        configuration.lockWaitTimeout = try duration(.lockWaitTimeout) ?? configuration.lockWaitTimeout
        if text(.maxQueryAge) == "off" {
            configuration.maxQueryAge = nil
        } else {
            configuration.maxQueryAge = try duration(.maxQueryAge) ?? configuration.maxQueryAge
        }
        configuration.lock = try lockChoice()
    }

    private func readArchive(into configuration: inout Configuration) throws {
        configuration.destination = text(.backupDirectory)
        configuration.compress = text(.compress) ?? configuration.compress
        configuration.threads = try integer(.threads, in: 1...256)
        configuration.verify = text(.verify)
        configuration.scratch = text(.scratch)
        try readRetention(into: &configuration)
        if case .list(let patterns) = self[.exclude] { configuration.exclude = patterns }
    }

    private func readRetention(into configuration: inout Configuration) throws {
        let counts = 1...100_000
        configuration.keepLast = try integer(.keepLast, in: counts)
        configuration.keepHourly = try integer(.keepHourly, in: counts)
        configuration.keepDaily = try integer(.keepDaily, in: counts)
        configuration.keepWeekly = try integer(.keepWeekly, in: counts)
        configuration.keepMonthly = try integer(.keepMonthly, in: counts)
        configuration.keepYearly = try integer(.keepYearly, in: counts)
        guard let text = text(.keepWithin) else { return }
        guard let seconds = KeepRules.seconds(notation: text) else {
            throw SettingsError(
                "\(place(of: .keepWithin)) is not a length of time: \"\(text)\"",
                advice: "write it in hours, days, weeks, months or years, such as 36h, 14d, 8w, 6m, 1y"
            )
        }
        configuration.keepWithin = .seconds(seconds)
    }

    /// `--lock`, or the old `--skip-flush-tables`, which is the plan "none".
    private func lockChoice() throws -> LockChoice {
        let skipsLock = flag(.skipFlushTables) ?? false
        guard let text = text(.lock) else { return skipsLock ? .none : .auto }
        guard let choice = LockChoice(rawValue: text) else {
            let known = LockChoice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("\(place(of: .lock)) is unknown: \"\(text)\"", advice: "use one of: \(known)")
        }
        guard !skipsLock || choice == .none else {
            throw SettingsError("\(place(of: .skipFlushTables)) and \(place(of: .lock)) contradict each other")
        }
        return choice
    }

    // MARK: One value

    /// A text; nil where it is not set.
    package func text(_ setting: Setting) -> String? {
        guard case .text(let text) = self[setting] else { return nil }
        return text
    }

    /// A flag; nil where it is not set.
    package func flag(_ setting: Setting) -> Bool? {
        guard case .flag(let flag) = self[setting] else { return nil }
        return flag
    }

    private func integer(_ setting: Setting, in range: ClosedRange<Int>) throws -> Int? {
        guard case .integer(let number) = self[setting] else { return nil }
        guard range.contains(number) else {
            throw SettingsError(
                "\(place(of: setting)) is out of range: \(number)",
                advice: "use \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private func duration(_ setting: Setting) throws -> Duration? {
        guard let text = text(setting) else { return nil }
        guard let duration = Duration(notation: text), duration > .zero else {
            throw SettingsError(
                "\(place(of: setting)) is not a length of time: \"\(text)\"",
                advice: "write it as 30s, 5m, 1h, 500ms or a number of seconds"
            )
        }
        return duration
    }
}

extension Duration {
    /// Reads "30s", "5m", "1h", "500ms", "1.5s" or a plain number of seconds.
    package init?(notation: String) {
        let units: [(suffix: String, seconds: Double)] = [
            ("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("d", 86400),
        ]
        let unit = units.first { notation.hasSuffix($0.suffix) }
        let digits = notation.dropLast(unit?.suffix.count ?? 0)
        guard let first = digits.first, first.isNumber, let number = Double(digits), number.isFinite,
            number * (unit?.seconds ?? 1) < 1e9
        else { return nil }
        self = .milliseconds(Int64((number * (unit?.seconds ?? 1) * 1000).rounded()))
    }
}
